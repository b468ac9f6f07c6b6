//! OTRS's tables as data, their DDL, the doctor, and the handle that speaks three dialects.
