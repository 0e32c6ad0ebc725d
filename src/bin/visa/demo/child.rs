#![forbid(unsafe_code)]
//! Running another program with a deadline.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// It returned 0.
    pub success: bool,
    /// All that it wrote to stdout.
    pub output: String,
    /// All that it wrote to stderr.
    pub errors: String,
    /// How long it ran.
    pub time: Duration,
}

impl Ended {
    /// The last line on stderr that says what went wrong.
    pub fn complaint(&self) -> String {
        let lines = self.errors.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let error = lines.iter().rfind(|line| line.to_ascii_lowercase().contains("error"));
        (*error.or(lines.last()).unwrap_or(&"it says nothing")).to_owned()
    }
}

/// Runs a program to its end, or kills it after `limit`. `said` gets each line of its stdout.
///
/// # Errors
/// The program cannot be started.
pub fn run(
    command: &mut Command,
    limit: Duration,
    mut said: impl FnMut(&str),
) -> std::io::Result<Ended> {
    let begin = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (sender, lines) = mpsc::channel();
    let pipes: [(bool, Option<Box<dyn Read + Send>>); 2] = [
        (true, child.stdout.take().map(|pipe| Box::new(pipe) as _)),
        (false, child.stderr.take().map(|pipe| Box::new(pipe) as _)),
    ];
    for (out, pipe) in pipes {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(pipe?);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                sender.send((out, String::from_utf8_lossy(&line).into_owned())).ok()?;
                line.clear();
            }
            Some(())
        });
    }
    drop(sender);
    let mut ended =
        Ended { success: true, output: String::new(), errors: String::new(), time: limit };
    loop {
        match lines.recv_timeout(limit.saturating_sub(begin.elapsed())) {
            Ok((true, line)) => {
                said(line.trim_end());
                ended.output += &line;
            }
            Ok((false, line)) => ended.errors += &line,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                child.kill()?;
                ended.success = false;
                ended.errors += &format!("error: stopped after {} s\n", limit.as_secs());
                break;
            }
        }
    }
    ended.success &= child.wait()?.success();
    ended.time = begin.elapsed();
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        run(Command::new("sh").args(["-c", script]), limit, |_| ()).expect("a shell")
    }

    #[test]
    fn output_and_errors_are_kept_apart() {
        let ended = shell("echo a; echo b >&2; echo c", Duration::from_secs(30));
        assert!(ended.success);
        assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("a\nc\n", "b\n"));
    }

    #[test]
    fn a_failure_is_told_with_its_error_line() {
        let ended = shell("echo 'error: no x' >&2; echo bye >&2; exit 3", Duration::from_secs(30));
        assert!(!ended.success);
        assert_eq!(ended.complaint(), "error: no x");
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let ended = shell("echo a; exec sleep 1000", Duration::from_millis(300));
        assert!(!ended.success);
        assert_eq!(ended.output, "a\n");
        assert!(ended.complaint().contains("stopped"));
    }
}
