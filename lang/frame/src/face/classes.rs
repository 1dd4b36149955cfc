//! The classes: Dask's and pandas', for each shape of a view.

use std::sync::LazyLock;

use rdk_runtime::{Builtin, Class, ClassRef};

use super::{
    arithmetic, axis_labels, category, choice, columns, conversions, create, ewm, frame_methods, grouping,
    index_methods, index_sets, info, inplace, json, known_names, moments, overlap, plot, positions, properties,
    quantiles, query, reductions, resample, reshape, running, series_methods, shared,
};
use crate::place::noted;
use crate::plan::{Shape, View};

struct Classes {
    lazy: [ClassRef; 4],
    eager: [ClassRef; 3],
}

static CLASSES: LazyLock<Classes> = LazyLock::new(|| {
    let made = |name, module, doc, methods: Vec<Builtin>, properties: Vec<Builtin>| {
        Class::new(name, module, doc).methods(noted(inplace::able(methods))).properties(noted(properties))
    };
    let lazy = |name, doc, shape| {
        ClassRef::new(made(name, "dask.dataframe", doc, methods(shape, false), attributes(shape, false)))
    };
    let eager = |name, doc, shape, construct| {
        ClassRef::new(made(name, "pandas", doc, methods(shape, true), attributes(shape, true)).construct(construct))
    };
    let constructor = |name: &str| {
        create::constructors::builtins().into_iter().find(|builtin| builtin.name == name).expect("declared there")
    };
    Classes {
        lazy: [
            lazy("DataFrame", "Columns in partitions, computed when asked for.", Shape::Frame),
            lazy("Series", "One column in partitions, computed when asked for.", Shape::Series),
            lazy("Index", "The labels of rows, computed when asked for.", Shape::Index),
            lazy("Scalar", "One value, computed when asked for.", Shape::Scalar),
        ],
        eager: [
            eager("DataFrame", "Columns with labels, in memory.", Shape::Frame, constructor("DataFrame")),
            eager("Series", "One column with a label for each row, in memory.", Shape::Series, constructor("Series")),
            eager("Index", "The labels of rows, in memory.", Shape::Index, constructor("Index")),
        ],
    }
});

/// The class of a view.
pub fn class_of(view: &View) -> ClassRef {
    class(view.shape, view.eager)
}

/// The class of such views.
pub fn class(shape: Shape, eager: bool) -> ClassRef {
    let classes = &*CLASSES;
    match (shape, eager) {
        (Shape::Frame, false) => classes.lazy[0].clone(),
        (Shape::Series, false) => classes.lazy[1].clone(),
        (Shape::Index, false) => classes.lazy[2].clone(),
        (Shape::Scalar, _) => classes.lazy[3].clone(),
        (Shape::Frame, true) => classes.eager[0].clone(),
        (Shape::Series, true) => classes.eager[1].clone(),
        (Shape::Index, true) => classes.eager[2].clone(),
    }
}

fn methods(shape: Shape, eager: bool) -> Vec<Builtin> {
    let mut all = Vec::new();
    if eager {
        all.extend(shared::of_eager::builtins());
    } else {
        all.extend(rdk_runtime::delayed::members().0);
        all.extend(shared::of_lazy::builtins());
        if matches!(shape, Shape::Frame | Shape::Series) {
            all.extend(overlap::builtins());
        }
    }
    match shape {
        Shape::Frame => {
            if !eager {
                all.extend(category::known::of_lazy::builtins());
            }
            all.extend(shared::builtins());
            all.extend(plot::of_tables::builtins());
            all.extend(arithmetic::builtins());
            all.extend(reductions::builtins());
            all.extend(running::builtins());
            all.extend(choice::builtins());
            all.extend(moments::builtins());
            all.extend(resample::builtins());
            all.extend(conversions::methods::builtins());
            all.extend(choice::of_frame::builtins());
            all.extend(columns::builtins());
            all.extend(reshape::of_frame::builtins());
            all.extend(grouping::methods::builtins());
            all.extend(query::builtins().into_iter().map(rdk_runtime::Builtin::seeing));
            all.extend(axis_labels::builtins());
            all.extend(axis_labels::of_frame::builtins());
            all.extend(info::builtins());
            all.extend(json::methods::builtins());
            all.extend(known_names::builtins());
            all.extend(known_names::of_frame::builtins());
            all.extend(ewm::builtins());
            all.extend(positions::builtins());
            all.extend(quantiles::builtins());
            all.extend(frame_methods::builtins());
        }
        Shape::Series => {
            all.extend(shared::builtins());
            all.extend(plot::of_tables::builtins());
            all.extend(arithmetic::builtins());
            all.extend(reductions::builtins());
            all.extend(running::builtins());
            all.extend(choice::builtins());
            all.extend(moments::builtins());
            all.extend(resample::builtins());
            all.extend(conversions::methods::builtins());
            all.extend(choice::of_series::builtins());
            all.extend(reshape::of_series::builtins());
            all.extend(grouping::methods::builtins());
            all.extend(axis_labels::builtins());
            all.extend(axis_labels::of_series::builtins());
            all.extend(json::methods::builtins());
            all.extend(known_names::builtins());
            all.extend(known_names::of_series::builtins());
            all.extend(ewm::builtins());
            all.extend(positions::builtins());
            all.extend(positions::of_series::builtins());
            all.extend(quantiles::builtins());
            all.extend(series_methods::builtins());
        }
        Shape::Index => {
            all.extend(index_sets::builtins());
            all.extend(index_methods::builtins());
        }
        Shape::Scalar => all.extend(axis_labels::of_scalar::builtins()),
    }
    all
}

fn attributes(shape: Shape, eager: bool) -> Vec<Builtin> {
    let mut all = Vec::new();
    if !eager {
        let members = rdk_runtime::delayed::members().1;
        all.extend(members.into_iter().filter(|property| property.name == "dask"));
        all.extend(properties::of_lazy::builtins());
    }
    match shape {
        Shape::Frame => {
            all.extend(properties::builtins());
            all.extend(plot::of_tables::attributes::builtins());
            all.extend(properties::of_frame::builtins());
            all.extend(axis_labels::attributes::builtins());
            all.extend(reshape::of_frame::attributes::builtins());
        }
        Shape::Series => {
            all.extend(properties::builtins());
            all.extend(plot::of_tables::attributes::builtins());
            all.extend(properties::of_series::builtins());
            all.extend(known_names::attributes::builtins());
            all.extend(axis_labels::attributes::builtins());
            all.extend(moments::of_series::builtins());
        }
        Shape::Index => {
            all.extend(properties::of_index::builtins());
            all.extend(index_sets::attributes::builtins());
            all.extend(moments::of_series::builtins());
        }
        Shape::Scalar => all.extend(properties::of_scalar::builtins()),
    }
    all
}
