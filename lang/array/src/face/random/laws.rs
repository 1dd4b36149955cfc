//! All the other distributions, by NumPy's names. Parameters may be numbers or arrays.

use rdk_runtime::{Result, Value, builtins};

use super::This;
use crate::chunks::ChunksSpec;
use crate::face::operand::Operand;
use crate::face::parameters::ShapeArg;
use crate::kernel::Law;

builtins! {
    /// Random numbers, spread as a bell around `loc`.
    fn normal[context](
        /// The generator.
        this: This,
        /// The middle of the bell; may be an array.
        loc: Operand = 0.0,
        /// Its width: the standard deviation.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "normal", Law::Normal, &[loc, scale], size, chunks) }

    /// Random numbers whose logarithms are spread as a bell.
    fn lognormal[context](
        /// The generator.
        this: This,
        /// The middle of the bell.
        mean: Operand = 0.0,
        /// Its width: the standard deviation.
        sigma: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "lognormal", Law::Lognormal, &[mean, sigma], size, chunks) }

    /// Random waiting times.
    fn exponential[context](
        /// The generator.
        this: This,
        /// Their mean.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "exponential", Law::Exponential, &[scale], size, chunks) }

    /// Random lengths of vectors in the plane.
    fn rayleigh[context](
        /// The generator.
        this: This,
        /// The most frequent one.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "rayleigh", Law::Rayleigh, &[scale], size, chunks) }

    /// Random life times whose risk changes with a power of age.
    fn weibull[context](
        /// The generator.
        this: This,
        /// The shape: the power, more 1.
        a: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "weibull", Law::Weibull, &[a], size, chunks) }

    /// Random sums of waiting times, each of mean 1.
    fn standard_gamma[context](
        /// The generator.
        this: This,
        /// How many times are summed; may be a fraction.
        shape: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "standard_gamma", Law::Gamma, &[shape, Operand::Number(Value::Float(1.0))], size, chunks) }

    /// Random sums of waiting times.
    fn gamma[context](
        /// The generator.
        this: This,
        /// How many times are summed; may be a fraction.
        shape: Operand,
        /// The mean of each.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "gamma", Law::Gamma, &[shape, scale], size, chunks) }

    /// Random shares between 0 and 1.
    fn beta[context](
        /// The generator.
        this: This,
        /// How much draws towards 1.
        a: Operand,
        /// How much draws towards 0.
        b: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "beta", Law::Beta, &[a, b], size, chunks) }

    /// Random sums of squares of bell-shaped numbers.
    fn chisquare[context](
        /// The generator.
        this: This,
        /// How many are summed; may be a fraction.
        df: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "chisquare", Law::ChiSquare, &[df], size, chunks) }

    /// The same of numbers whose bells are not around 0.
    fn noncentral_chisquare[context](
        /// The generator.
        this: This,
        /// How many are summed; more than 0.
        df: Operand,
        /// The sum of the squares of the middles.
        nonc: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "noncentral_chisquare", Law::NoncentralChiSquare, &[df, nonc], size, chunks) }

    /// Random quotients of mean squares.
    fn f[context](
        /// The generator.
        this: This,
        /// How many numbers above.
        dfnum: Operand,
        /// How many below.
        dfden: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "f", Law::F, &[dfnum, dfden], size, chunks) }

    /// The same, of numbers above whose bells are not around 0.
    fn noncentral_f[context](
        /// The generator.
        this: This,
        /// How many numbers above.
        dfnum: Operand,
        /// How many below.
        dfden: Operand,
        /// The sum of the squares of the middles above.
        nonc: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "noncentral_f", Law::NoncentralF, &[dfnum, dfden, nonc], size, chunks) }

    /// Random means of bell-shaped numbers beside their error.
    fn standard_t[context](
        /// The generator.
        this: This,
        /// How many numbers, less 1.
        df: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "standard_t", Law::StandardT, &[df], size, chunks) }

    /// Random quotients of bell-shaped numbers.
    fn standard_cauchy[context](
        /// The generator.
        this: This,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "standard_cauchy", Law::StandardCauchy, &[], size, chunks) }

    /// Random numbers that fall off exponentially on both sides.
    fn laplace[context](
        /// The generator.
        this: This,
        /// The middle.
        loc: Operand = 0.0,
        /// How wide.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "laplace", Law::Laplace, &[loc, scale], size, chunks) }

    /// Random numbers whose shares follow the logistic curve.
    fn logistic[context](
        /// The generator.
        this: This,
        /// The middle.
        loc: Operand = 0.0,
        /// How wide.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "logistic", Law::Logistic, &[loc, scale], size, chunks) }

    /// Random maxima of many numbers.
    fn gumbel[context](
        /// The generator.
        this: This,
        /// The most frequent one.
        loc: Operand = 0.0,
        /// How wide.
        scale: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "gumbel", Law::Gumbel, &[loc, scale], size, chunks) }

    /// Random numbers with a long tail, less 1.
    fn pareto[context](
        /// The generator.
        this: This,
        /// How fast the tail falls.
        a: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "pareto", Law::Pareto, &[a], size, chunks) }

    /// Random numbers between 0 and 1, more of them near 1.
    fn power[context](
        /// The generator.
        this: This,
        /// The power, more 1.
        a: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "power", Law::Power, &[a], size, chunks) }

    /// Random numbers from a triangle.
    fn triangular[context](
        /// The generator.
        this: This,
        /// The smallest.
        left: Operand,
        /// The most frequent one.
        mode: Operand,
        /// The largest.
        right: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "triangular", Law::Triangular, &[left, mode, right], size, chunks) }

    /// Random angles around one.
    fn vonmises[context](
        /// The generator.
        this: This,
        /// The angle.
        mu: Operand,
        /// How near the others are to it.
        kappa: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "vonmises", Law::Vonmises, &[mu, kappa], size, chunks) }

    /// Random times until a drift reaches a place.
    fn wald[context](
        /// The generator.
        this: This,
        /// Their mean.
        mean: Operand,
        /// How even they are.
        scale: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "wald", Law::Wald, &[mean, scale], size, chunks) }

    /// Random counts of rare events.
    fn poisson[context](
        /// The generator.
        this: This,
        /// How many are expected.
        lam: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "poisson", Law::Poisson, &[lam], size, chunks) }

    /// Random counts of successes.
    fn binomial[context](
        /// The generator.
        this: This,
        /// How many trials.
        n: Operand,
        /// How probable each success is.
        p: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "binomial", Law::Binomial, &[n, p], size, chunks) }

    /// Random counts of failures before so many successes.
    fn negative_binomial[context](
        /// The generator.
        this: This,
        /// How many successes.
        n: Operand,
        /// How probable each is.
        p: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "negative_binomial", Law::NegativeBinomial, &[n, p], size, chunks) }

    /// Random counts of trials up to the first success.
    fn geometric[context](
        /// The generator.
        this: This,
        /// How probable it is.
        p: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "geometric", Law::Geometric, &[p], size, chunks) }

    /// Random counts of good ones in a sample.
    fn hypergeometric[context](
        /// The generator.
        this: This,
        /// How many are good.
        ngood: Operand,
        /// How many are bad.
        nbad: Operand,
        /// How many are drawn.
        nsample: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "hypergeometric", Law::Hypergeometric, &[ngood, nbad, nsample], size, chunks) }

    /// Random ranks, of which the first are the most frequent.
    fn zipf[context](
        /// The generator.
        this: This,
        /// How fast they get rare; above 1.
        a: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "zipf", Law::Zipf, &[a], size, chunks) }

    /// Random counts of individuals of a species.
    fn logseries[context](
        /// The generator.
        this: This,
        /// How common large counts are; below 1.
        p: Operand,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> { this.law(context, "logseries", Law::Logseries, &[p], size, chunks) }
}
