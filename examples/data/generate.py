"""Makes the data of the examples: births, tokens of an encyclopedia, taxi rides, prices of shares. The same every time.

    python examples/data/generate.py            small files, beside this script
    python examples/data/generate.py --full     as large as those of the courses: 372,864 births, 513 MB for each of four token files
    python examples/data/generate.py --to DIR births tokens taxi stock
"""

import argparse
import datetime
import io
import json
import os
import random
import tarfile

STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD "
    "TN TX UT VA VT WA WI WV WY"
).split()
WORDS = (
    "the of and in a to is as for title was by that with are on ref from name or it url his at which be date an page an not first also its "
    "were he but have has anarchism one this their work after other used new may century state they most between such into some when many "
    "time more all only been can world her would two no during years than who about there these under later while any through over so both "
    "then made where being group known early war until including several well since history political number part form"
).split()
SIGNS = ["[[", "]]", ",", ".", "=", "|", "'", "''", "(", ")", "*", "-", "{{", "}}", "<", ">", "/", ":", ";", "&", "\"", "#"]


def births(path, full):
    """Births of each state and day from 1969 to 1988."""
    rng = random.Random(1)
    sizes = {state: 10 ** rng.uniform(1.2, 3.0) for state in STATES}
    day, end = datetime.date(1969, 1, 1), datetime.date(1989, 1, 1)
    days = []
    while day < end:
        days.append(day)
        day += datetime.timedelta(days=1)
    row = 0
    wanted = 372_864 if full else 5_100
    with open(path, "w", newline="") as out:
        out.write('"","state","year","month","day","date","wday","births"\n')
        # One line for some more than there are days and states, as in the course's file: some states report twice.
        while row < wanted:
            for day in days:
                weekday = day.strftime("%a")
                factor = 0.85 if weekday in ("Sat", "Sun") else 1.06
                stamp = day.isoformat()
                for state in STATES:
                    row += 1
                    count = max(1, round(rng.gauss(sizes[state] * factor, sizes[state] * 0.1)))
                    out.write(f'"{row}","{state}",{day.year},{day.month},{day.day},{stamp},"{weekday}",{count}\n')
                    if row == wanted:
                        return


def revisions(rng, rare):
    """A list of numbers of revisions, as the course's files have it; most are empty or short."""
    if rng.random() < rare:
        return "[]"
    length = min(int(rng.paretovariate(0.9)), 60)
    return "[" + ", ".join([str(rng.randrange(10_000, 740_000_000)) for _ in range(length)]) + "]"


def tokens(folder, full, size=None):
    """Words and signs of pages, with the revisions in which they came and went."""
    names = ["part1-12-1728", "part2-1729-3376", "part3-3378-4631", "part4-4633-5902"]
    # As many pages in files of another size than that of the courses.
    turn = 0.0002 * 513_000_000 / size if size else 0.0002
    size = size or (513_000_000 if full else 300_000)
    weights = [1 / (place + 2.7) for place in range(len(SIGNS + WORDS))]
    for number, name in enumerate(names):
        rng = random.Random(100 + number)
        vocabulary = SIGNS[:6] + WORDS[:10] + SIGNS[6:] + WORDS[10:]
        # The long tail: words that come a few times each.
        tail = ["".join(rng.choices("etaoinshrdlucmfwypvbgk", k=rng.randrange(3, 14))) for _ in range(20_000 if full else 2_000)]
        tail[::50] = [word + rng.choice(["é", "ö", "ß", "ł", "и", "中"]) for word in tail[::50]]
        # Lists of numbers are drawn once and used often: drawing is most of the work.
        lists = [revisions(rng, 0.35) for _ in range(20_000)]
        first, last = name.split("-")[1:]
        page, revision, token = int(first), rng.randrange(700_000_000, 747_000_000), 0
        written = 0
        with open(os.path.join(folder, f"20161101-current_content-{name}.csv"), "w", newline="") as out:
            out.write("page_id,last_rev_id,token_id,str,origin_rev_id,in,out\n")
            while written < size:
                lines = []
                common = rng.choices(vocabulary, weights, k=10_000)
                for at in range(10_000):
                    word = common[at] if rng.random() < 0.7 else tail[int(rng.random() ** 3 * len(tail))]
                    if word in (",", '"'):
                        word = '","' if word == "," else '""""'
                    token += rng.randrange(1, 4)
                    came, went = lists[int(rng.random() * 20_000)], lists[int(rng.random() * 20_000)]
                    came = f'"{came}"' if "," in came else came
                    went = f'"{went}"' if "," in went else went
                    lines.append(f"{page},{revision},{token},{word},{rng.randrange(10_000, 740_000_000)},{came},{went}\n")
                    if rng.random() < turn and page < int(last):
                        page, revision, token = page + 1, rng.randrange(700_000_000, 747_000_000), 0
                text = "".join(lines)
                text = text if written + len(text) <= size else text[: text.index("\n", size - written) + 1]
                written += len(text)
                out.write(text)


def taxi(path, full):
    """Rides with what was paid, how, and as a tip; some fields are missing."""
    rng = random.Random(3)
    start = datetime.datetime(2016, 1, 1)
    kinds = ["Cash", "Credit Card", "No Charge", "Unknown", "Dispute", "Pcard", "Prcard"]
    rows = 1_700_000 if full else 5_000
    with open(path, "w", newline="") as out:
        out.write(
            "taxi_id,trip_start_timestamp,trip_end_timestamp,trip_seconds,trip_miles,pickup_census_tract,dropoff_census_tract,"
            "pickup_community_area,dropoff_community_area,fare,tips,tolls,extras,trip_total,payment_type,company,pickup_latitude,"
            "pickup_longitude,dropoff_latitude,dropoff_longitude\n"
        )
        for row in range(rows):
            # The first missing number comes late: a type seen only at the head of the file is wrong.
            taxi_id = "" if row > 2_000 and rng.random() < 0.001 else str(rng.randrange(0, 8_760))
            begin = start + datetime.timedelta(minutes=15 * rng.randrange(0, 35_000))
            seconds = int(rng.expovariate(1 / 700) // 60 * 60)
            finish = begin + datetime.timedelta(seconds=seconds // 900 * 900)
            miles = round(seconds / 3600 * rng.uniform(8, 25), 1)
            fare = round(3.25 + 2.25 * miles + rng.choice([0, 0.25, 0.5]), 2)
            kind = rng.choices(kinds, [55, 42, 1, 1, 0.3, 0.4, 0.3])[0]
            tips = round(fare * rng.choice([0.15, 0.2, 0.25, 0.1]), 2) if kind == "Credit Card" else 0.0
            extras = rng.choice([0.0, 0.0, 0.0, 1.0, 1.5, 2.0])
            area = lambda: "" if rng.random() < 0.1 else str(rng.randrange(1, 78))  # noqa: E731
            company = "" if rng.random() < 0.3 else str(rng.randrange(0, 120))
            places = ",".join("" if rng.random() < 0.1 else str(rng.randrange(0, 800)) for _ in range(4))
            out.write(
                f"{taxi_id},{begin:%Y-%-m-%-d %H:%M:%S},{finish:%Y-%-m-%-d %H:%M:%S},{seconds},{miles},,{rng.randrange(0, 800)},"
                f"{area()},{area()},{fare},{tips},0.0,{extras},{round(fare + tips + extras, 2)},{kind},{company},{places}\n"
            )


def stock(path, full):
    """Daily prices of shares: for each a file of JSON lines, all of them in one archive."""
    rng = random.Random(4)
    names = ["aet", "afl", "aig", "al", "amgn", "avy", "b", "bwa", "ge", "hal", "hp", "hpq", "ibm", "jbl", "jpm", "luv", "met", "pcg", "tgt", "usb", "xom"]
    with tarfile.open(path, "w:gz") as archive:
        for name in names if full else names[:4]:
            price, day, lines = rng.uniform(20, 100), datetime.date(2010, 1, 4), []
            for _ in range(10_000 if full else 250):
                opened = price
                price = max(1.0, price * rng.gauss(1.0002, 0.012))
                low, high = min(opened, price) * rng.uniform(0.99, 1), max(opened, price) * rng.uniform(1, 1.01)
                row = {"timestamp": day.isoformat(), "open": opened, "high": high, "low": low, "close": price, "volume": rng.randrange(10**5, 10**7)}
                lines.append(json.dumps(row))
                day += datetime.timedelta(days=3 if day.weekday() == 4 else 1)
            content = ("\n".join(lines) + "\n").encode()
            member = tarfile.TarInfo(f"daily-stock/{name}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["births", "tokens", "taxi", "stock"], help="births, tokens, taxi, stock")
    parser.add_argument("--full", action="store_true", help="as large as the files of the courses")
    parser.add_argument("--size", type=int, help="how many bytes each token file has, with all pages of the courses' files in it")
    parser.add_argument("--to", default=here, help="the folder to write to")
    given = parser.parse_args()
    os.makedirs(given.to, exist_ok=True)
    if "births" in given.what:
        births(os.path.join(given.to, "Birthdays.csv"), given.full)
    if "tokens" in given.what:
        folder = os.path.join(given.to, "wikipedia")
        os.makedirs(folder, exist_ok=True)
        tokens(folder, given.full, given.size)
    if "taxi" in given.what:
        folder = os.path.join(given.to, "Chicago_taxi")
        os.makedirs(folder, exist_ok=True)
        taxi(os.path.join(folder, "chicago.csv"), given.full)
    if "stock" in given.what:
        stock(os.path.join(given.to, "daily-stock.tgz"), given.full)


if __name__ == "__main__":
    main()
