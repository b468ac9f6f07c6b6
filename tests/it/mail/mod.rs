//! Mail that comes in and goes out.

mod communication_log;
