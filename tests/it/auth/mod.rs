//! Signing in. What is expected here the reference system did with the same requests and left in the same rows.

mod password;
mod proxy;
mod session;
