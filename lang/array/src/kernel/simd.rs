//! The same loop compiled for several generations of processors, chosen when it runs.
//!
//! A loop is a [`Loop`]: its `run` and all that it calls per element are `#[inline(always)]`, so that they become part of the
//! function that has the wider instructions switched on. The forms with fused multiply-add give the same bits on every
//! processor; those without it call the standard library.

/// What the processor can do, as far as element functions care.
pub trait Level {
    /// Is `mul_add` one instruction?
    const FMA: bool;
}

/// In which forms a loop is compiled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forms {
    /// One for all processors: calls and divisions that no vector instruction speeds up.
    One,
    /// One with AVX2 beside it.
    Two,
    /// And one with AVX-512.
    Three,
}

/// Something to run at the widest level that there is.
pub trait Loop {
    /// What it gives.
    type Answer;

    /// In which forms it is compiled: each costs compile time.
    const FORMS: Forms;

    /// Does it.
    fn run<L: Level>(self) -> Self::Answer;
}

/// 16-byte vectors on x86-64; NEON on AArch64, which has fused multiply-add.
pub struct Plain;

impl Level for Plain {
    const FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
}

/// AVX2 or AVX-512, both with fused multiply-add.
#[cfg(target_arch = "x86_64")]
pub struct Wide;

#[cfg(target_arch = "x86_64")]
impl Level for Wide {
    const FMA: bool = true;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
fn run_avx512<W: Loop>(work: W) -> W::Answer {
    work.run::<Wide>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
fn run_avx2<W: Loop>(work: W) -> W::Answer {
    work.run::<Wide>()
}

#[cfg(target_arch = "x86_64")]
fn width() -> u8 {
    use std::sync::OnceLock;
    static WIDTH: OnceLock<u8> = OnceLock::new();
    *WIDTH.get_or_init(|| {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        let avx512 = avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512cd")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        u8::from(avx2) + u8::from(avx512)
    })
}

/// Does the processor have the instructions of the widest form?
#[cfg(target_arch = "x86_64")]
pub fn has_avx512() -> bool {
    width() == 2
}

/// Runs the loop in its widest form that this processor can run. Unoptimised builds leave a form out of each, to compile faster.
#[inline]
pub fn run<W: Loop>(work: W) -> W::Answer {
    #[cfg(target_arch = "x86_64")]
    const QUICK: bool = cfg!(debug_assertions);
    #[cfg(target_arch = "x86_64")]
    match width() {
        // SAFETY: `width` is 2 only where the processor has every instruction set that the function enables. Measured: 8
        // lanes instead of 2, and fused multiply-add, which the exact reductions of arguments need.
        2 if W::FORMS == Forms::Three && !QUICK => return unsafe { run_avx512(work) },
        // SAFETY: `width` is 1 or 2 only where the processor has them.
        1 | 2 if W::FORMS == Forms::Three || (W::FORMS == Forms::Two && !QUICK) => return unsafe { run_avx2(work) },
        _ => {}
    }
    work.run::<Plain>()
}
