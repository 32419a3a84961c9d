/* One thread: what the rooms use of POSIX threads, where there are none. A lock is always free, a thread cannot be started, and who
 * would wait goes on: every caller has a way of its own for that. */
#ifndef W403_WASI_PTHREAD_H
#define W403_WASI_PTHREAD_H

#include <errno.h>
#include <time.h>

typedef int pthread_t;
typedef int pthread_mutex_t;
typedef int pthread_cond_t;
typedef int pthread_once_t;
typedef int pthread_attr_t;
typedef int pthread_condattr_t;
typedef int pthread_mutexattr_t;

#define PTHREAD_MUTEX_INITIALIZER 0
#define PTHREAD_COND_INITIALIZER 0
#define PTHREAD_ONCE_INIT 0

#define W403_NO_THREAD(name, ...)                                                                                      \
    static inline int name(__VA_ARGS__)                                                                                \
    {                                                                                                                  \
        return 0;                                                                                                      \
    }

W403_NO_THREAD(pthread_mutex_init, pthread_mutex_t *m, const pthread_mutexattr_t *a)
W403_NO_THREAD(pthread_mutex_destroy, pthread_mutex_t *m)
W403_NO_THREAD(pthread_mutex_lock, pthread_mutex_t *m)
W403_NO_THREAD(pthread_mutex_unlock, pthread_mutex_t *m)
W403_NO_THREAD(pthread_cond_init, pthread_cond_t *c, const pthread_condattr_t *a)
W403_NO_THREAD(pthread_cond_destroy, pthread_cond_t *c)
W403_NO_THREAD(pthread_cond_wait, pthread_cond_t *c, pthread_mutex_t *m)
W403_NO_THREAD(pthread_cond_timedwait, pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t)
W403_NO_THREAD(pthread_cond_signal, pthread_cond_t *c)
W403_NO_THREAD(pthread_cond_broadcast, pthread_cond_t *c)
W403_NO_THREAD(pthread_join, pthread_t t, void **out)
W403_NO_THREAD(pthread_timedjoin_np, pthread_t t, void **out, const struct timespec *until)

static inline int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *user)
{
    (void)t;
    (void)a;
    (void)run;
    (void)user;
    return EAGAIN;
}

static inline int pthread_once(pthread_once_t *once, void (*run)(void))
{
    if (!*once) {
        *once = 1;
        run();
    }
    return 0;
}

#endif
