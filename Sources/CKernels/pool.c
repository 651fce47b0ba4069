// The worker pool: threads that spin briefly for the next job and then sleep.
//
// A job is published by raising `generation`; each worker runs blocks taken from a shared counter and then lowers
// `pending`. The caller takes blocks too, and returns when `pending` is zero. Which thread runs a block never
// changes what the block writes.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "CKernels.h"

enum { SPINS = 4000, MAX_THREADS = 256 };

static struct {
  grove_task task;
  void *context;
  int64_t count, grain;
} job;

static atomic_int_fast64_t next_block;
static atomic_int pending, generation, sleepers, wanted;
static atomic_bool stopping;
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER, submit_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_t workers[MAX_THREADS];
static int worker_count;
static _Thread_local bool inside;

static inline void relax(int spin) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
  if (spin % 256 == 255) sched_yield();
}

static void run_blocks(void) {
  for (;;) {
    int64_t begin = atomic_fetch_add_explicit(&next_block, job.grain, memory_order_relaxed);
    if (begin >= job.count) return;
    int64_t end = begin + job.grain;
    job.task(job.context, begin, end < job.count ? end : job.count);
  }
}

static int await_generation(int seen) {
  for (int spin = 0; spin < SPINS; spin++) {
    int now = atomic_load_explicit(&generation, memory_order_acquire);
    if (now != seen) return now;
    relax(spin);
  }
  pthread_mutex_lock(&sleep_lock);
  atomic_fetch_add(&sleepers, 1);
  int now;
  while ((now = atomic_load(&generation)) == seen) pthread_cond_wait(&wake, &sleep_lock);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&sleep_lock);
  return now;
}

static void *work(void *start) {
  int seen = (int)(intptr_t)start;
  inside = true;
  for (;;) {
    seen = await_generation(seen);
    if (atomic_load(&stopping)) return NULL;
    run_blocks();
    atomic_fetch_sub_explicit(&pending, 1, memory_order_release);
  }
}

static void publish(void) {
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
  }
}

static void stop_workers(void) {
  if (worker_count == 0) return;
  atomic_store(&stopping, true);
  publish();
  for (int i = 0; i < worker_count; i++) pthread_join(workers[i], NULL);
  atomic_store(&stopping, false);
  worker_count = 0;
}

int grove_pool_threads(void) {
  int n = atomic_load(&wanted);
  if (n > 0) return n;
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (int)cores;
}

void grove_pool_set_threads(int threads) {
  pthread_mutex_lock(&submit_lock);
  stop_workers();
  atomic_store(&wanted, threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads);
  pthread_mutex_unlock(&submit_lock);
}

static void start_workers(void) {
  int needed = grove_pool_threads() - 1;
  while (worker_count < needed) {
    intptr_t seen = atomic_load(&generation);
    if (pthread_create(&workers[worker_count], NULL, work, (void *)seen) != 0) break;
    worker_count++;
  }
}

static void run_inline(int64_t count, int64_t grain, grove_task task, void *context) {
  for (int64_t begin = 0; begin < count; begin += grain)
    task(context, begin, begin + grain < count ? begin + grain : count);
}

void grove_pool_stay_inline(void) { inside = true; }

void grove_pool_run(int64_t count, int64_t grain, grove_task task, void *context) {
  if (grain < 1) grain = 1;
  if (inside || count <= grain || grove_pool_threads() == 1 || pthread_mutex_trylock(&submit_lock) != 0) {
    run_inline(count, grain, task, context);
    return;
  }
  start_workers();
  job.task = task, job.context = context, job.count = count, job.grain = grain;
  atomic_store_explicit(&next_block, 0, memory_order_relaxed);
  atomic_store_explicit(&pending, worker_count, memory_order_relaxed);
  publish();
  inside = true;
  run_blocks();
  inside = false;
  for (int spin = 0; atomic_load_explicit(&pending, memory_order_acquire) > 0; spin++) relax(spin);
  pthread_mutex_unlock(&submit_lock);
}
