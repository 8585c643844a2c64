//! What this machine can do at most: multiplications and additions a second, and bytes copied a second, on one core and on
//! all. Prints one line of JSON, which the bench divides its own rates by.
#![expect(clippy::print_stdout, reason = "the bench reads standard output")]

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use macerator::{AutoArch, Scalar, Simd, WithSimd};

/// The best of so many attempts counts: another program's turn on a core says nothing about the core.
const ATTEMPTS: usize = 50;
const DURATION: Duration = Duration::from_millis(10);
/// Independent sums: more than the latency of a fused multiply-add times how many a core starts in one cycle.
const SUMS: usize = 12;
const ROUNDS: usize = 100_000;
/// Bytes in each of a copy's two buffers, all cores together: more than a cache holds.
const BUFFER: usize = 256 << 20;

fn main() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let report = serde_json::json!({
        "cores": cores,
        "flopPerSecond": { "one": together(1, arithmetic), "all": together(cores, arithmetic) },
        "bytesPerSecond": { "one": together(1, copying), "all": together(cores, copying) },
    });
    println!("{report}");
}

/// The sum of what `threads` threads reach at the same time; `rate` is told how many there are and when all begin.
fn together(threads: usize, rate: fn(usize, &Barrier) -> f64) -> f64 {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| rate(threads, &start))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(f64::NAN))
            .sum()
    })
}

fn arithmetic(_threads: usize, start: &Barrier) -> f64 {
    start.wait();
    per_second(|| AutoArch::new().dispatch(MultiplyAdd))
}

/// As the STREAM benchmark counts: each byte is read once and written once.
fn copying(threads: usize, start: &Barrier) -> f64 {
    let source = vec![1_u8; BUFFER / threads];
    let mut target = vec![0_u8; source.len()];
    start.wait();
    per_second(|| {
        target.copy_from_slice(black_box(&source));
        black_box(&mut target);
        2 * source.len()
    })
}

/// How many units a second `work`, which returns the units it did, reaches when repeated.
fn per_second(mut work: impl FnMut() -> usize) -> f64 {
    let mut attempt = || {
        let started = Instant::now();
        let mut done = 0;
        while started.elapsed() < DURATION {
            done += work();
        }
        done as f64 / started.elapsed().as_secs_f64()
    };
    (0..ATTEMPTS).map(|_| attempt()).fold(0.0, f64::max)
}

/// Fused multiply-adds as wide as the processor has them; returns floating-point operations.
struct MultiplyAdd;

impl WithSimd for MultiplyAdd {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self) -> usize {
        let factor = black_box(0.999_f32).splat::<S>();
        let mut sums = [black_box(1.0_f32).splat::<S>(); SUMS];
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, factor);
            }
        }
        // Adding them up keeps them from being left out.
        let total = sums.into_iter().fold(factor, |total, sum| total + sum);
        black_box(total.reduce_add());
        2 * f32::lanes::<S>() * SUMS * ROUNDS
    }
}
