//! krb5.conf as MIT Kerberos reads it: bytes, not characters.

pub mod stray;
