//! Tasks, which come a step further each time they are looked at.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::data::User;

/// How a task ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskOutcome {
    /// Well.
    Success,
    /// With an error that says why.
    Error,
    /// By the server's own decision.
    Aborted,
    /// Not at all, unless it is canceled.
    Hang,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It waits.
    Queued,
    /// It is about to begin.
    PreRunning,
    /// So many per cent are done.
    Running(u32),
    /// It went well.
    Success,
    /// It failed.
    Error,
    /// Someone canceled it.
    Canceled,
    /// The server gave it up.
    Aborted,
}

impl Status {
    /// As it is answered.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::PreRunning => "preRunning",
            Self::Running(_) => "running",
            Self::Success => "success",
            Self::Error => "error",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
        }
    }

    /// Whether nothing more will happen.
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::PreRunning | Self::Running(_))
    }
}

/// One task.
#[derive(Clone)]
pub(crate) struct Task {
    /// The UUID.
    pub(crate) id: String,
    /// What is done, in one word.
    pub(crate) operation_name: &'static str,
    /// What is done, for people.
    pub(crate) operation: String,
    /// The URN of the thing that it is done to.
    pub(crate) owner: Option<String>,
    /// Who started it.
    pub(crate) user: Arc<User>,
    /// When it began.
    pub(crate) started: SystemTime,
    /// When it was seen to have ended.
    pub(crate) ended: Option<SystemTime>,
    /// Whether someone wants it to end.
    pub(crate) cancel_requested: bool,
    outcome: TaskOutcome,
    /// The look that sees its end.
    last: u32,
    looks: u32,
}

impl Task {
    /// A task that ends at the given look at it.
    pub(crate) fn new(
        id: String,
        operation_name: &'static str,
        operation: String,
        owner: Option<String>,
        user: Arc<User>,
    ) -> Self {
        Self {
            id,
            operation_name,
            operation,
            owner,
            user,
            started: SystemTime::now(),
            ended: None,
            cancel_requested: false,
            outcome: TaskOutcome::Success,
            last: 2,
            looks: 0,
        }
    }

    /// It ends like this, at this look.
    pub(crate) fn ending(mut self, outcome: TaskOutcome, last: u32) -> Self {
        self.outcome = outcome;
        self.last = last.max(1);
        self
    }

    /// How far it was at the latest look.
    pub(crate) fn status(&self) -> Status {
        if self.cancel_requested {
            return Status::Canceled;
        }
        if self.looks >= self.last {
            match self.outcome {
                TaskOutcome::Success => return Status::Success,
                TaskOutcome::Error => return Status::Error,
                TaskOutcome::Aborted => return Status::Aborted,
                TaskOutcome::Hang => {}
            }
        }
        // Short tasks run from the start, and longer ones wait at first.
        match self.looks {
            0 => Status::Queued,
            1 if self.last > 2 => Status::Queued,
            2 if self.last > 3 => Status::PreRunning,
            looks => {
                let share = u64::from(looks) * 100 / u64::from(self.last);
                Status::Running(u32::try_from(share.min(99)).unwrap_or(99))
            }
        }
    }
}

/// All tasks.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<Vec<Task>>);

impl Tasks {
    fn all(&self) -> MutexGuard<'_, Vec<Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a task.
    pub(crate) fn add(&self, task: Task) {
        self.all().push(task);
    }

    /// Looks at a task, which brings it a step further.
    pub(crate) fn look(&self, id: &str, sees: impl Fn(&Task) -> bool) -> Option<Task> {
        let mut all = self.all();
        let task = all.iter_mut().find(|task| task.id == id && sees(task))?;
        task.looks = task.looks.saturating_add(1);
        if task.status().is_final() && task.ended.is_none() {
            task.ended = Some(SystemTime::now());
        }
        Some(task.clone())
    }

    /// Cancels a task; `None` if it is not there, false if it has ended.
    pub(crate) fn cancel(&self, id: &str, sees: impl Fn(&Task) -> bool) -> Option<bool> {
        let mut all = self.all();
        let task = all.iter_mut().find(|task| task.id == id && sees(task))?;
        let ends = !task.status().is_final();
        task.cancel_requested |= ends;
        Some(ends)
    }

    /// All of them as they are, without looking at any.
    pub(crate) fn list(&self) -> Vec<Task> {
        self.all().clone()
    }

    /// Forgets them all.
    pub(crate) fn reset(&self) {
        self.all().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Role;

    fn steps(outcome: TaskOutcome, last: u32, looks: usize) -> Vec<Status> {
        let user = Arc::new(User {
            name: "roy".to_owned(),
            id: String::new(),
            organization_id: String::new(),
            organization: String::new(),
            role: Role::VappUser,
        });
        let tasks = Tasks::default();
        let task = Task::new("x".to_owned(), "test", String::new(), None, user);
        tasks.add(task.ending(outcome, last));
        let look = |_| tasks.look("x", |_| true).map(|task| task.status());
        (0..looks).filter_map(look).collect()
    }

    #[test]
    fn a_task_takes_as_many_looks_as_it_should() {
        use Status::{Aborted, Error, PreRunning, Queued, Running, Success};
        assert_eq!(steps(TaskOutcome::Success, 0, 2), [Success, Success]);
        assert_eq!(steps(TaskOutcome::Error, 2, 2), [Running(50), Error]);
        assert_eq!(steps(TaskOutcome::Aborted, 3, 3), [Queued, Running(66), Aborted]);
        assert_eq!(
            steps(TaskOutcome::Success, 5, 5),
            [Queued, PreRunning, Running(60), Running(80), Success]
        );
        assert_eq!(steps(TaskOutcome::Hang, 4, 6)[3..], [Running(99); 3]);
    }
}
