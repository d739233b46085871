#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vcdrest::fuzzing::error_body(data));
