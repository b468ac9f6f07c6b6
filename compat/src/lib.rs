//! OTRS's formats and protocols: bytes in, types out. No database, no network, no clock.

pub mod acl;
pub mod charset;
pub mod dsn;
pub mod dumper;
pub mod form;
pub mod html_text;
pub mod json;
pub mod lenient_base64;
pub mod mail_address;
pub mod mime;
pub mod password;
pub mod pattern;
pub mod perl_config;
pub mod perl_number;
pub mod placeholder;
pub mod rest;
pub mod search_words;
pub mod soap;
pub mod storable;
pub mod value;
pub mod xml;
pub mod yaml;

pub use value::{Map, Value};
