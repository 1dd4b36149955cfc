//! Matrices and lines of numbers in memory: decompositions, solutions, Fourier transforms.
