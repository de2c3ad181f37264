//! Programs of this host, started without a shell.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(windows)]
use process_wrap::std::JobObject;
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};

use super::capture::Capture;
use super::{Deadline, Ended, Limits, Output, platform};

/// How long the pipes may stay open once the program itself has ended; a daemon that it left behind can hold them.
const GRACE: Duration = Duration::from_millis(200);
/// The longest pause between two looks at the program.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// Set once, when the user wants everything to end.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ends every program that is still running: in process groups of their own they hear no Ctrl-C.
/// Whoever waits for one waits from then on for the end of this process.
pub fn end_all() {
    INTERRUPTED.store(true, Ordering::Relaxed);
    // Each is looked at at least that often.
    thread::sleep(LONGEST_PAUSE * 10);
}

/// Where the program is, as the search path of this host has it.
pub fn find(program: &str) -> Option<PathBuf> {
    which::which(program).ok()
}

/// Runs a program to its end or to the deadline, whichever comes first.
///
/// `input` is its standard input. It gets `LC_ALL=C` and a process group (on Windows a job) of its own, which is killed
/// as a whole at the deadline. A program that cannot be started is told by [`Ended::NotFound`] or [`Ended::Denied`], with
/// the reason on `stderr`. A process that outlives the program and keeps its pipes open is not waited for.
pub fn run(
    program: &Path,
    arguments: &[OsString],
    input: &[u8],
    limits: Limits,
    deadline: Deadline,
) -> Output {
    let start = Instant::now();
    let mut child = match spawn(program, arguments) {
        Ok(child) => child,
        Err(error) => return not_started(program, &error, start.elapsed()),
    };
    feed(child.as_mut(), input);
    until_end(child, start, limits, || deadline)
}

/// As [`run`], for a program of this computer that has nothing to read, and whose words are text.
pub fn ask(program: &Path, arguments: &[OsString], limits: Limits, deadline: Deadline) -> Output {
    let mut output = run(program, arguments, b"", limits, deadline);
    output.stdout = platform::said(output.stdout);
    output.stderr = platform::said(output.stderr);
    output
}

/// As [`run`], with an input of any length, which is read as fast as the program takes it. The program is killed once it
/// has taken nothing for as long as `stall`. `news` gets how many bytes it has taken so far.
///
/// # Errors
/// Where the input cannot be read to its end; the program is then killed.
pub fn run_fed(
    program: &Path,
    arguments: &[OsString],
    input: impl Read + Send + 'static,
    limits: Limits,
    stall: Duration,
    news: &mut dyn FnMut(u64),
) -> std::io::Result<Output> {
    let start = Instant::now();
    let mut child = match spawn(program, arguments) {
        Ok(child) => child,
        Err(error) => return Ok(not_started(program, &error, start.elapsed())),
    };
    let taken = feed_from(child.as_mut(), input);
    let (mut known, mut deadline, mut broken) = (0, Deadline::after(stall), None);
    let output = until_end(child, start, limits, || {
        while let Ok(message) = taken.try_recv() {
            match message {
                Ok(count) => {
                    known += count;
                    deadline = Deadline::after(stall);
                    news(known);
                }
                Err(unread) => {
                    broken = Some(unread);
                    deadline = Deadline::after(Duration::ZERO);
                }
            }
        }
        deadline
    });
    match broken {
        Some((error, _)) => Err(error),
        None => Ok(output),
    }
}

/// Drains what the program says, and waits for its end, at most until `deadline` says that the time is up.
fn until_end(
    mut child: Box<dyn ChildWrapper>,
    start: Instant,
    limits: Limits,
    deadline: impl FnMut() -> Deadline,
) -> Output {
    let stdout = Stream::drain(child.stdout().take(), limits.stdout);
    let stderr = Stream::drain(child.stderr().take(), limits.stderr);

    let status = wait(child.as_mut(), deadline);
    let grace = Deadline::after(GRACE);
    stdout.wait(grace);
    stderr.wait(grace);

    let (mut stdout, mut stderr) = (stdout.lock(), stderr.lock());
    Output {
        ended: if status.is_some() {
            Ended::Exit
        } else {
            Ended::Timeout
        },
        status: status.and_then(|status| status.code()),
        truncated: stdout.truncated() || stderr.truncated(),
        stdout: stdout.take(),
        stderr: stderr.take(),
        elapsed: start.elapsed(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where programs are started"
)]
fn spawn(program: &Path, arguments: &[OsString]) -> std::io::Result<Box<dyn ChildWrapper>> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut command = CommandWrap::from(command);
    #[cfg(unix)]
    command.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    command.wrap(JobObject);
    command.spawn()
}

fn not_started(program: &Path, error: &std::io::Error, elapsed: Duration) -> Output {
    let ended = match error.kind() {
        ErrorKind::PermissionDenied => Ended::Denied,
        _ => Ended::NotFound,
    };
    Output {
        ended,
        status: None,
        stdout: Vec::new(),
        stderr: format!("{} cannot be started: {error}", program.display()).into_bytes(),
        truncated: false,
        elapsed,
    }
}

/// Writes the input from a thread, because a program need not read it before it writes.
fn feed(child: &mut dyn ChildWrapper, input: &[u8]) {
    let Some(mut pipe) = child.stdin().take() else {
        return;
    };
    if input.is_empty() {
        return; // dropping the pipe is the end of file
    }
    let input = input.to_vec();
    // A program that ends without reading breaks the pipe, which is its right.
    thread::spawn(move || pipe.write_all(&input));
}

/// Why an input ends too early, and the pipe, still open: its end would say that this was all.
type Unread = (std::io::Error, ChildStdin);

/// Writes this input from a thread, and tells how many bytes of it were taken each time.
fn feed_from(
    child: &mut dyn ChildWrapper,
    mut input: impl Read + Send + 'static,
) -> Receiver<Result<u64, Unread>> {
    let (sender, taken) = channel();
    let pipe = child.stdin().take();
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => {
                    // A program that ends without reading breaks the pipe, which is its right.
                    if pipe.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                    let _ = sender.send(Ok(count as u64));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let _ = sender.send(Err((error, pipe)));
                    return;
                }
            }
        }
    });
    taken
}

/// Waits for the program; `None` when the deadline came first and the program was killed.
fn wait(child: &mut dyn ChildWrapper, mut until: impl FnMut() -> Deadline) -> Option<ExitStatus> {
    let mut pause = Duration::from_micros(200);
    loop {
        let deadline = until();
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if deadline.passed() || INTERRUPTED.load(Ordering::Relaxed) {
            let _ = child.start_kill();
            reap(child);
            while INTERRUPTED.load(Ordering::Relaxed) {
                // Whoever set it ends this process in a moment; nobody is to report until then.
                thread::park();
            }
            return None;
        }
        thread::sleep(pause.min(deadline.remaining()));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Gives a killed program a moment to vanish, so that no dead process is left in the table.
fn reap(child: &mut dyn ChildWrapper) {
    let moment = Deadline::after(GRACE);
    while !moment.passed() && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// One output stream, read to its end by a thread.
struct Stream {
    capture: Arc<Mutex<Capture>>,
    reader: thread::JoinHandle<()>,
}

impl Stream {
    fn drain(pipe: Option<impl Read + Send + 'static>, limit: usize) -> Self {
        let capture = Arc::new(Mutex::new(Capture::new(limit)));
        let shared = Arc::clone(&capture);
        let reader = thread::spawn(move || {
            let Some(mut pipe) = pipe else { return };
            let mut buffer = vec![0; 64 * 1024];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(count) => locked(&shared).push(&buffer[..count]),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => return,
                }
            }
        });
        Self { capture, reader }
    }

    /// Waits for the end of the stream, at most until `deadline`; a reader that still waits is left to itself.
    fn wait(&self, deadline: Deadline) {
        while !self.reader.is_finished() && !deadline.passed() {
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Capture> {
        locked(&self.capture)
    }
}

/// The capture, also after a panic of the thread that filled it: the bytes it has are good.
fn locked(capture: &Mutex<Capture>) -> MutexGuard<'_, Capture> {
    capture.lock().unwrap_or_else(PoisonError::into_inner)
}
