//! Simulated instruments: real servers on loopback, with codecs of their own.
