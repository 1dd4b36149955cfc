"""What Dask says of the bags in tests/suite/bag: prints it, to be read beside the cases.

Run with a Python that has Dask: python tests/oracle/bag.py > tests/oracle/bag.txt
"""
import operator

import dask
import dask.bag as db

dask.config.set(scheduler="synchronous")
for n in [1, 7, 100, 101, 1000, 5000]:
    print(n, db.from_sequence(range(n)).npartitions, db.from_sequence(range(n), npartitions=4).npartitions, db.from_sequence(range(n), partition_size=3).npartitions)
b = db.from_sequence(range(10), npartitions=3)
print(b, [len(list(p)) for p in dask.compute(*b.to_delayed())])
print(b.map(lambda x: x+1), b.filter(lambda x: x), b.pluck(0), b.flatten(), b.frequencies(), b.topk(2), b.distinct(), b.foldby(lambda x: x%2, operator.add), b.groupby(lambda x: x % 2), b.starmap(pow), b.map_partitions(list), db.zip(b,b), db.range(10,3), b.remove(lambda x: x), db.concat([b,b]))
print(b.mean().compute(), b.var().compute(), b.std().compute(), b.var(ddof=1).compute(), b.max().compute(), b.min().compute(), b.sum().compute(), b.count().compute(), b.any().compute(), b.all().compute())
print(b.topk(3).compute(), b.topk(3, key=lambda x: -x).compute())
w = db.from_sequence("the quick brown fox jumps over the lazy dog the end".split(), npartitions=3)
print(w.frequencies().compute(), w.frequencies(sort=True).compute()[:1], w.distinct().count().compute(), w.topk(2, key=len).compute(), w.map(len).compute())
print(w.groupby(len).compute())
print(w.foldby(len, lambda t, x: t + 1, 0, operator.add, 0).compute())
print(b.fold(operator.add).compute(), b.fold(operator.add, initial=100).compute(), b.fold(lambda a, x: a + x, operator.add, 0).compute())
print(w.str.upper().take(2), w.take(2, npartitions=2), w.str.split("u").compute()[:2])
print(b.product(b).count().compute(), b.join([1, 2, 30], lambda x: x, lambda x: x).compute())
print(b.repartition(npartitions=2).npartitions, b.repartition(npartitions=7).npartitions)
print(b.reduction(sum, sum).compute(), b.map(operator.add, b).compute(), b.map(operator.add, 10).compute(), b.map(lambda x, y=0: x+y, y=5).compute())
d = db.from_sequence([{"name": "Alice", "a": {"b": 1}}, {"name": "Bob"}])
print(d.pluck("name").compute(), d.pluck("a", None).compute(), d.pluck(["name", "a"], 0).compute())
try:
    d.pluck("a").compute()
except Exception as e:
    print(type(e), e)
try:
    b.take(1, npartitions=9)
except Exception as e:
    print(type(e), e)
