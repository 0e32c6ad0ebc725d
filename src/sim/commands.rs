#![forbid(unsafe_code)]
//! The commands of the simulated instrument.

use std::sync::Arc;
use std::time::Duration;

use crate::sim::bulk::Upload;
use crate::sim::bulk::block_head;
use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::device::State;
use crate::sim::header::matches;
use crate::sim::interpreter::Block;
use crate::sim::response::Response;
use crate::sim::status::DATA_OUT_OF_RANGE;
use crate::sim::status::DATA_TYPE_ERROR;
use crate::sim::status::ErrorNumber;
use crate::sim::status::ILLEGAL_PARAMETER_VALUE;
use crate::sim::status::MESSAGE_AVAILABLE;
use crate::sim::status::OPERATION_COMPLETE;
use crate::sim::status::OUT_OF_MEMORY;
use crate::sim::status::REQUEST;
use crate::sim::status::error_text;
use crate::sim::store;
use crate::sim::store::Store;
use crate::sim::trace;
use crate::sim::waveform::Format;
use crate::sim::waveform::MOST_POINTS;
use crate::sim::waveform::Waveform;

/// The largest `DATA:BLOCK?`, in bytes.
const LARGEST_BLOCK: u64 = 1 << 30;

/// The longest `SYST:DELAY`, in ms.
const LONGEST_DELAY: u64 = 3_600_000;

/// One message gets no more answers when so much is waiting in memory, in bytes.
const LONGEST_RESPONSE: usize = 256 << 20;

/// What a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    Text,
    /// Everything up to the end of the message, as it is.
    Raw,
    /// A block that is kept.
    Block,
    /// A block that is only checked.
    Upload,
}

/// One command.
pub(super) struct Command {
    pattern: &'static str,
    pub(super) argument: Argument,
    pub(super) run: fn(&mut Call<'_>) -> Result<(), ErrorNumber>,
}

/// A command being carried out.
pub(super) struct Call<'a> {
    pub(super) device: &'a Arc<Device>,
    pub(super) port: PortId,
    pub(super) argument: &'a [u8],
    pub(super) block: Option<Block>,
    pub(super) response: &'a mut Response,
    pub(super) answers: &'a mut u32,
    pub(super) delay: &'a mut Option<Duration>,
    pub(super) store: &'a mut Store,
}

pub(super) const fn command(
    pattern: &'static str,
    argument: Argument,
    run: fn(&mut Call<'_>) -> Result<(), ErrorNumber>,
) -> Command {
    Command { pattern, argument, run }
}

static COMMANDS: &[Command] = &[
    command("*IDN?", Argument::None, identify),
    command("*STB?", Argument::None, status_byte),
    command("*ESR?", Argument::None, event_status),
    command("*ESE", Argument::Text, event_enable),
    command("*ESE?", Argument::None, event_enabled),
    command("*SRE", Argument::Text, request_enable),
    command("*SRE?", Argument::None, request_enabled),
    command("*CLS", Argument::None, clear_status),
    command("*RST", Argument::None, reset),
    command("*OPC", Argument::None, operation_complete),
    command("*OPC?", Argument::None, |call| call.answer("1")),
    // Every command is complete before the next begins: nothing to wait for.
    command("*WAI", Argument::None, |_| Ok(())),
    command("*TRG", Argument::None, trigger),
    command("*TST?", Argument::None, |call| call.answer("0")),
    command("*OPT?", Argument::None, |call| call.answer("0")),
    command("SYSTem:ERRor[:NEXT]?", Argument::None, next_error),
    command("SYSTem:VERSion?", Argument::None, |call| call.answer("1999.0")),
    command("SYSTem:DELay", Argument::Text, delay),
    command("MEASure[:VOLTage][:DC]?", Argument::None, measure),
    command("TRIGger[:IMMediate]", Argument::None, trigger),
    command("TRIGger:COUNt?", Argument::None, trigger_count),
    command("CURVe?", Argument::None, curve),
    command("WAVeform:DATA?", Argument::None, curve),
    command("WAVeform:POINts", Argument::Text, points),
    command("WAVeform:POINts?", Argument::None, points_set),
    command("WAVeform:FORMat", Argument::Text, format),
    command("WAVeform:FORMat?", Argument::None, format_set),
    command("ECHO", Argument::Raw, echo),
    command("ECHO?", Argument::Raw, echo),
    command("ECHO:BLOCk", Argument::Block, echo_block),
    command("ECHO:BLOCk?", Argument::Block, echo_block),
    command("DATA:BLOCk?", Argument::Text, send_block),
    command("DATA:LOAD", Argument::Upload, load),
    command("DATA:LOAD?", Argument::None, loaded),
];

/// The command that a header without a leading colon means.
pub(super) fn find(header: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .chain(store::COMMANDS)
        .chain(trace::COMMANDS)
        .find(|command| matches(command.pattern, header))
}

impl Call<'_> {
    pub(super) fn answer(&mut self, text: impl AsRef<[u8]>) -> Result<(), ErrorNumber> {
        if self.response.held() > LONGEST_RESPONSE {
            return Err(OUT_OF_MEMORY);
        }
        if *self.answers > 0 {
            self.response.push(b";");
        }
        *self.answers += 1;
        self.response.push(text.as_ref());
        Ok(())
    }

    /// The argument as a number in `0..=most`.
    pub(super) fn number(&self, most: u64) -> Result<u64, ErrorNumber> {
        let text = std::str::from_utf8(self.argument).map_err(|_| DATA_TYPE_ERROR)?;
        let value: f64 = text.parse().map_err(|_| DATA_TYPE_ERROR)?;
        let value = value.round();
        if !(0.0..=most as f64).contains(&value) {
            return Err(DATA_OUT_OF_RANGE);
        }
        Ok(value as u64)
    }
}

fn identify(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let device = Arc::clone(call.device);
    call.answer(&device.identity)
}

/// With MSS, and with MAV for answers before it in the same message (IEEE 488.2 11.2.2.2).
fn status_byte(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let waiting = if *call.answers > 0 { MESSAGE_AVAILABLE } else { 0 };
    let byte = call.device.with(|state| {
        let byte = state.byte(call.port) | waiting;
        let summary = byte & state.registers.request_enable;
        byte | if summary != 0 { REQUEST } else { 0 }
    });
    call.answer(byte.to_string())
}

fn event_status(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let events = call.device.with(|state| std::mem::take(&mut state.registers.events));
    call.answer(events.to_string())
}

fn event_enable(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let mask = call.number(255)? as u8;
    call.device.with(|state| state.registers.event_enable = mask);
    Ok(())
}

fn event_enabled(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let mask = call.device.with(|state| state.registers.event_enable);
    call.answer(mask.to_string())
}

fn request_enable(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let mask = call.number(255)? as u8 & !REQUEST;
    call.device.with(|state| state.registers.request_enable = mask);
    Ok(())
}

fn request_enabled(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let mask = call.device.with(|state| state.registers.request_enable);
    call.answer(mask.to_string())
}

fn clear_status(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.with(|state| {
        state.registers.clear();
        state.trace.clear_events();
    });
    Ok(())
}

/// Settings only: `*RST` touches neither status nor output queue (IEEE 488.2 10.32).
fn reset(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.with(|state| {
        state.waveform = Waveform::default();
        state.upload = Upload::default();
        state.trace.reset();
        state.trigger_count = 0;
    });
    Ok(())
}

fn operation_complete(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.with(|state| state.registers.events |= OPERATION_COMPLETE);
    Ok(())
}

fn trigger(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.trigger();
    Ok(())
}

fn trigger_count(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = call.device.with(|state| state.trigger_count);
    call.answer(count.to_string())
}

fn next_error(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let error = call.device.with(|state| state.registers.next_error());
    call.answer(format!("{error},\"{}\"", error_text(error)))
}

fn delay(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    *call.delay = Some(Duration::from_millis(call.number(LONGEST_DELAY)?));
    Ok(())
}

fn measure(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let reading = call.device.with(reading);
    call.answer(reading)
}

/// About 5 V, with an error below 5 mV that differs from reading to reading.
pub(super) fn reading(state: &mut State) -> String {
    state.readings += 1;
    // Multiplying by an odd number and taking high bits scatters successive counts.
    let scattered = state.readings.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 50;
    let volts = 5.0 + (scattered as f64 / 8192.0 - 1.0) * 0.005;
    format!("+{volts:.6}E+00")
}

fn curve(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let data = call.device.with(|state| state.waveform).data();
    call.answer(block_head(data.len() as u64))?;
    call.response.push(&data);
    Ok(())
}

fn points(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = call.number(u64::from(MOST_POINTS))? as u32;
    if count == 0 {
        return Err(DATA_OUT_OF_RANGE);
    }
    call.device.with(|state| state.waveform.points = count);
    Ok(())
}

fn points_set(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = call.device.with(|state| state.waveform.points);
    call.answer(count.to_string())
}

fn format(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let format = match call.argument.to_ascii_uppercase().as_slice() {
        b"BYTE" => Format::Byte,
        b"WORD" => Format::Word,
        b"REAL" => Format::Real,
        _ => return Err(ILLEGAL_PARAMETER_VALUE),
    };
    call.device.with(|state| state.waveform.format = format);
    Ok(())
}

fn format_set(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let name = match call.device.with(|state| state.waveform.format) {
        Format::Byte => "BYTE",
        Format::Word => "WORD",
        Format::Real => "REAL",
    };
    call.answer(name)
}

fn echo(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let argument = call.argument;
    call.answer(argument)
}

fn echo_block(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let Some(Block::Kept(data)) = call.block.take() else { return Err(DATA_TYPE_ERROR) };
    call.answer(block_head(data.len() as u64))?;
    call.response.push(&data);
    Ok(())
}

fn send_block(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = call.number(LARGEST_BLOCK)?;
    call.answer(block_head(count))?;
    call.response.push_pattern(count);
    Ok(())
}

fn load(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let Some(Block::Upload(upload)) = call.block.take() else { return Err(DATA_TYPE_ERROR) };
    call.device.with(|state| state.upload = upload);
    Ok(())
}

fn loaded(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let report = call.device.with(|state| state.upload.report());
    call.answer(report)
}
