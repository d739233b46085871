//! The handle table and work that many wait for, in every order in which threads can run, or very many of them: the files
//! of the library, compiled here once more with the locks of shuttle in place of the standard library's.

#![allow(dead_code, reason = "a file is taken whole, and not all of it is tried")]

/// What the files find in the library's core.
#[path = "."]
mod core {
    /// Locks that let another thread go first.
    pub(crate) mod sync {
        pub(crate) use shuttle::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockWriteGuard};
        pub(crate) use std::sync::PoisonError;
    }

    /// As much of it as is needed.
    pub(crate) mod code {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            Panic,
            NotStarted,
        }
    }

    /// As much of it as is needed.
    pub(crate) mod error {
        use super::code::Code;

        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct Error(pub(crate) Code);

        impl Error {
            pub(crate) fn new(code: Code, _message: &str) -> Self {
                Error(code)
            }
        }

        pub(crate) type Result<T> = std::result::Result<T, Error>;
    }

    /// Tasks of shuttle.
    pub(crate) mod runtime {
        use super::code::Code;
        use super::error::{Error, Result};
        use std::future::Future;
        use std::sync::atomic::{AtomicUsize, Ordering};

        shuttle::thread_local! {
            /// How many tasks cannot be started.
            pub(crate) static REFUSED: AtomicUsize = AtomicUsize::new(0);
        }

        pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
            let refused = REFUSED.with(|refused| refused.swap(0, Ordering::SeqCst));
            if refused > 0 {
                return Err(Error(Code::NotStarted));
            }
            drop(shuttle::future::spawn(work));
            Ok(())
        }
    }

    #[path = "../src/core/flight.rs"]
    pub(crate) mod flight;
}

#[path = "."]
mod ffi {
    #[path = "../src/ffi/table.rs"]
    pub(crate) mod table;

    pub(crate) mod model {
        pub(crate) use super::super::core::sync::Arc;
        use super::table::Table;
        use shuttle::thread;
        use std::sync::atomic::{AtomicUsize, Ordering};

        /// Exhaustive: all orders.
        fn in_every_order(threads: impl Fn() + Send + Sync + 'static) {
            let tried = std::sync::Arc::new(AtomicUsize::new(0));
            let count = std::sync::Arc::clone(&tried);
            let once = move || {
                count.fetch_add(1, Ordering::Relaxed);
                threads();
            };
            shuttle::check_dfs(once, None);
            let tried = tried.load(Ordering::Relaxed);
            println!("{tried} orders");
            assert!(tried >= 6, "threads that run one after the other show nothing");
        }

        #[test]
        fn a_handle_is_freed_once() {
            in_every_order(|| {
                let table = Arc::new(Table::new());
                let key = table.insert(1);
                let free = |table: Arc<Table<i32>>| move || table.remove(key, |_| true);
                let other = thread::spawn(free(Arc::clone(&table)));
                let here = free(Arc::clone(&table))();
                let there = other.join().expect("it ends");
                assert!(here.is_some() != there.is_some(), "{here:?} and {there:?}");
                assert_eq!(table.find(key), None);
            });
        }

        #[test]
        fn a_freed_handle_never_stands_for_another_object() {
            in_every_order(|| {
                let table = Arc::new(Table::new());
                let old = table.insert("old");
                let others = Arc::clone(&table);
                let other = thread::spawn(move || {
                    let removed = others.remove(old, |_| true);
                    (removed, others.insert("new"))
                });
                let found = table.find(old);
                assert!(matches!(found, None | Some("old")), "{found:?}");
                let removed_here = table.remove(old, |_| true);
                let (removed_there, new) = other.join().expect("it ends");
                assert_ne!(new, old);
                assert!(
                    matches!((removed_here, removed_there), (None, Some("old")) | (Some("old"), None)),
                    "{removed_here:?} and {removed_there:?}"
                );
                assert_eq!((table.find(old), table.find(new)), (None, Some("new")));
            });
        }

        #[test]
        fn handles_that_are_made_at_the_same_time_differ() {
            in_every_order(|| {
                let table = Arc::new(Table::new());
                let others = Arc::clone(&table);
                let other = thread::spawn(move || {
                    let key = others.insert(1);
                    assert_eq!(others.find(key), Some(1));
                    others.remove(key, |_| true);
                    others.insert(2)
                });
                let mine = table.insert(3);
                let theirs = other.join().expect("it ends");
                assert_ne!(mine, theirs);
                assert_eq!((table.find(mine), table.find(theirs)), (Some(3), Some(2)));
            });
        }
    }
}

mod single_flight {
    use crate::core::code::Code;
    use crate::core::error::{Error, Result};
    use crate::core::flight::{Decision, Flight};
    use crate::core::runtime::REFUSED;
    use crate::core::sync::{Arc, Mutex};
    use shuttle::future::{block_on, spawn, yield_now};
    use std::sync::atomic::Ordering;

    /// Orders that are tried, by chance: all of them would be too many.
    const ORDERS: usize = 5_000;

    /// A session in miniature: a token that is exchanged when it is not there.
    #[derive(Default)]
    struct Session {
        flight: Flight<u32>,
        token: Mutex<Option<u32>>,
        exchanges: Mutex<u32>,
        at_once: Mutex<u32>,
    }

    impl Session {
        async fn token(self: &Arc<Self>) -> Result<u32> {
            let session = Arc::clone(self);
            self.flight
                .join(move || match *session.token.lock().expect("nobody panics") {
                    Some(token) => Decision::Have(token),
                    None => Decision::Start(session.clone().exchange()),
                })
                .await
        }

        async fn exchange(self: Arc<Self>) -> Result<u32> {
            let before = std::mem::replace(&mut *self.at_once.lock().expect("nobody panics"), 1);
            assert_eq!(before, 0, "two exchanges at once");
            yield_now().await;
            let number = {
                let mut exchanges = self.exchanges.lock().expect("nobody panics");
                *exchanges += 1;
                *exchanges
            };
            *self.token.lock().expect("nobody panics") = Some(number);
            *self.at_once.lock().expect("nobody panics") = 0;
            Ok(number)
        }

        fn exchanges(&self) -> u32 {
            *self.exchanges.lock().expect("nobody panics")
        }
    }

    #[test]
    fn all_who_wait_share_one_exchange() {
        shuttle::check_random(
            || {
                let session = Arc::new(Session::default());
                block_on(async {
                    let tasks: Vec<_> = (0..4)
                        .map(|_| {
                            let session = Arc::clone(&session);
                            spawn(async move { session.token().await })
                        })
                        .collect();
                    for task in tasks {
                        assert_eq!(task.await.expect("it ends"), Ok(1));
                    }
                });
                assert_eq!(session.exchanges(), 1);
            },
            ORDERS,
        );
    }

    #[test]
    fn whoever_leaves_takes_nothing_from_the_others() {
        shuttle::check_random(
            || {
                let session = Arc::new(Session::default());
                block_on(async {
                    let join = || {
                        let session = Arc::clone(&session);
                        spawn(async move { session.token().await })
                    };
                    let (leaves, stays) = (join(), join());
                    yield_now().await;
                    leaves.abort();
                    assert_eq!(stays.await.expect("it ends"), Ok(1));
                    let _ = leaves.await;
                });
                assert_eq!(session.exchanges(), 1);
            },
            ORDERS,
        );
    }

    /// A token that is refused is forgotten, by each who saw it refused: one exchange more, and nobody gets the old one.
    #[test]
    fn nobody_gets_what_was_forgotten_before() {
        shuttle::check_random(
            || {
                let session = Arc::new(Session::default());
                block_on(async {
                    let tasks: Vec<_> = (0..3)
                        .map(|_| {
                            let session = Arc::clone(&session);
                            spawn(async move {
                                let refused = session.token().await.expect("it is given");
                                {
                                    let mut token = session.token.lock().expect("nobody panics");
                                    token.take_if(|token| *token == refused);
                                }
                                let next = session.token().await.expect("it is given");
                                assert!(next > refused, "{next} after {refused}");
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.expect("it ends");
                    }
                });
                assert!((2..=4).contains(&session.exchanges()), "{}", session.exchanges());
            },
            ORDERS,
        );
    }

    #[test]
    fn work_that_cannot_be_started_blocks_nobody() {
        shuttle::check_random(
            || {
                let session = Arc::new(Session::default());
                REFUSED.with(|refused| refused.store(1, Ordering::SeqCst));
                block_on(async {
                    assert_eq!(session.token().await, Err(Error(Code::NotStarted)));
                    assert_eq!(session.token().await, Ok(1));
                });
            },
            1_000,
        );
    }
}
