//! The Jupyter kernel: messages in, bundles out.
