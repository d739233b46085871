#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vcdrest::fuzzing::token_answer(data));
