"""The queue of an account's thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from tui.model.error import Cancelled
from tui.sync.jobs import FetchMail, Job, JobQueue, OpenBody, PushChanges, Urgency


def quiet() -> JobQueue:
    return JobQueue(lambda: None)


def test_what_a_person_waits_for_goes_first() -> None:
    jobs = quiet()
    for work in (FetchMail(), PushChanges(), OpenBody(1)):
        jobs.add(work)
    taken = [job.work for _ in range(3) if (job := jobs.take())]
    assert taken == [OpenBody(1), PushChanges(), FetchMail()]


def test_between_steps_only_urgent_jobs_are_given_out() -> None:
    jobs = quiet()
    jobs.add(FetchMail())
    assert jobs.take(up_to=Urgency.NOW) is None
    jobs.add(OpenBody(2))
    job = jobs.take(up_to=Urgency.NOW)
    assert job and job.work == OpenBody(2)


def test_the_same_work_is_done_once_for_all_who_asked() -> None:
    jobs, first, second = quiet(), Future[Any](), Future[Any]()
    jobs.add(OpenBody(1), first)
    jobs.add(OpenBody(1), second)
    job = jobs.take()
    assert job and jobs.take() is None
    job.done("here")
    assert first.result(0) == second.result(0) == "here"


def test_a_future_cancelled_by_its_owner_does_no_harm() -> None:
    jobs, future = quiet(), Future[Any]()
    jobs.add(OpenBody(1), future)
    future.cancel()
    job = jobs.take()
    assert job
    job.done(True)
    job.failed(Cancelled("late"))


def test_waiting_ends_with_a_job_from_another_thread() -> None:
    jobs = quiet()
    threading.Timer(0.05, lambda: jobs.add(PushChanges())).start()
    job = jobs.take(wait=5.0)
    assert job and job.work == PushChanges()


def test_after_close_nobody_waits_in_vain() -> None:
    jobs, future = quiet(), Future[Any]()
    jobs.add(FetchMail())
    assert [job.work for job in jobs.close()] == [FetchMail()]
    jobs.add(OpenBody(1), future)
    with pytest.raises(Cancelled):
        future.result(0)


def test_a_job_put_back_is_done_once_for_all_who_asked() -> None:
    queue = JobQueue(lambda: None)
    futures: list[Future[Any]] = [Future(), Future()]
    for future in futures:
        queue.add(OpenBody(3), future)
    job = queue.take()
    assert job is not None and queue.take() is None
    queue.put_back(job)
    again = queue.take()
    assert again is not None and again.work == OpenBody(3)
    again.done(True)
    assert [future.result(0) for future in futures] == [True, True]
    queue.put_back(Job(FetchMail()))
    alone = queue.take()
    assert alone is not None and alone.futures == []
