//! Settings that OTRS knows ten times over, by a number behind the name: the further back ends of customers and the further
//! ways in for them.

use super::{Definition, Shape::Unset, setting};

macro_rules! numbered {
    ($($name:literal: $meaning:literal,)*) => {
        &[$(
            setting(concat!($name, "1"), Unset, $meaning),
            setting(concat!($name, "2"), Unset, $meaning),
            setting(concat!($name, "3"), Unset, $meaning),
            setting(concat!($name, "4"), Unset, $meaning),
            setting(concat!($name, "5"), Unset, $meaning),
            setting(concat!($name, "6"), Unset, $meaning),
            setting(concat!($name, "7"), Unset, $meaning),
            setting(concat!($name, "8"), Unset, $meaning),
            setting(concat!($name, "9"), Unset, $meaning),
            setting(concat!($name, "10"), Unset, $meaning),
        )*]
    };
}

pub const ALL: &[Definition] = numbered! {
    "CustomerUser": "A further back end of customer users.",
    "CustomerCompany": "A further back end of companies.",
    "Customer::AuthModule": "A further way in for customers; only the database.",
    "Customer::AuthModule::DB::Table": "The table with logins and passwords of a further way in.",
    "Customer::AuthModule::DB::CustomerKey": "The column with the login.",
    "Customer::AuthModule::DB::CustomerPassword": "The column with the password.",
    "Customer::AuthModule::DB::CryptType": "In which form the passwords are kept.",
    "Customer::AuthModule::DB::bcryptCost": "Binary logarithm of bcrypt's rounds.",
    "Customer::AuthModule::DB::DSN": "Another database; not supported.",
};
