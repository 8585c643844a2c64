#![no_main]
vggscope_fuzz::fuzz!("hdf5");
