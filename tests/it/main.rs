//! What the doors show, tested on a server with a database of its own.

mod generic_interface;
mod support;
