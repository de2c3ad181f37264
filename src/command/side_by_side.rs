//! Several machines looked at at the same time, and told of as they come.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};

/// How many are looked at at the same time: most of it is waiting, but each look also starts programs
/// on the host.
const MOST: usize = 32;

/// After this time without news, what is there is told without those who are late.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far the looks have come.
pub enum News<T> {
    /// So many are done.
    Done(usize),
    /// What is to be told now, in the order in which it was named.
    Batch(Vec<(usize, T)>),
}

/// Looks at each, several at a time. A batch is what has come by the time that nothing more came for a
/// while: one machine that hangs holds nobody else back. Without `is_hasty` there is one batch, of all.
///
/// # Errors
/// The first that a look ends with, or the telling of it; what then still runs is waited for.
pub fn side_by_side<S: Sync, T: Send>(
    subjects: &[S],
    is_hasty: bool,
    look: impl Fn(&S) -> Result<T> + Sync,
    mut tell: impl FnMut(News<T>) -> Result<()>,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let (next, look) = (&next, &look);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let workers = (0..subjects.len().min(MOST)).map(|_| {
            let sender = sender.clone();
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(subject) = subjects.get(index) else {
                        break;
                    };
                    // A receiver that is gone has had an error already.
                    if sender.send((index, look(subject))).is_err() {
                        break;
                    }
                }
            })
        });
        let workers: Vec<_> = workers.collect();
        drop(sender);
        let (mut waiting, mut done) = (Vec::new(), 0);
        loop {
            let patience = match is_hasty && !waiting.is_empty() {
                true => PATIENCE,
                false => Duration::MAX,
            };
            match receiver.recv_timeout(patience) {
                Ok((index, seen)) => {
                    waiting.push((index, seen?));
                    done += 1;
                    tell(News::Done(done))?;
                }
                Err(RecvTimeoutError::Timeout) => tell(News::Batch(in_order(&mut waiting)))?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let panicked = workers.into_iter().any(|worker| worker.join().is_err());
        if panicked {
            return Err(anyhow!(
                "looking at a machine failed inside boxdoctor; report this, please"
            ));
        }
        match waiting.is_empty() {
            true => Ok(()),
            false => tell(News::Batch(in_order(&mut waiting))),
        }
    })
}

fn in_order<T>(waiting: &mut Vec<(usize, T)>) -> Vec<(usize, T)> {
    waiting.sort_by_key(|(index, _)| *index);
    std::mem::take(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(subjects: &[u64], is_hasty: bool) -> Vec<Vec<usize>> {
        let mut batches = Vec::new();
        let look = |nap: &u64| {
            thread::sleep(Duration::from_millis(*nap));
            Ok(())
        };
        side_by_side(subjects, is_hasty, look, |news| {
            if let News::Batch(batch) = news {
                batches.push(batch.into_iter().map(|(index, ())| index).collect());
            }
            Ok(())
        })
        .unwrap();
        batches
    }

    #[test]
    fn who_is_late_comes_later() {
        assert_eq!(batches(&[3600, 50, 0], true), [vec![1, 2], vec![0]]);
        assert_eq!(batches(&[100, 50, 0], true), [vec![0, 1, 2]]);
        assert!(batches(&[], true).is_empty());
    }

    #[test]
    fn more_than_can_be_looked_at_at_once_are_all_looked_at() {
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(batches(&[1; 100], false), [all]);
    }

    #[test]
    fn an_error_ends_it() {
        let look = |fails: &bool| match fails {
            true => Err(anyhow!("no")),
            false => Ok(()),
        };
        let ended = side_by_side(&[false, true], false, look, |_| Ok(()));
        assert_eq!(ended.unwrap_err().to_string(), "no");
    }
}
