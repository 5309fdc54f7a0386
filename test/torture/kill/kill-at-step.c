/*
 * Starts a program and kills it with SIGKILL instead of the N-th step that changes what is on disk below a folder, or
 * confirms it: counted over all threads, in the order in which they come. Only these calls stop for the tracer (seccomp),
 * so the program is hardly slower; strace can't do that while it sends signals (6.1), and counts each thread by itself.
 *
 *   kill-at-step N FOLDER LOG PROGRAM ARGUMENTS...
 *
 * The program is what was started, as it would be without this; the tracer is beside it. Of the step at which it was
 * killed, LOG gets a line: the call and the path.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where a call has its file: a descriptor, a path, or a path below a descriptor; the number is that of the argument. */
enum kind { FD, PATH, AT };
struct call { int number; const char *name; enum kind kind; int argument; };

#define CALL(name, kind, argument) { __NR_##name, #name, kind, argument }
static const struct call CALLS[] = {
    CALL(write, FD, 0),      CALL(writev, FD, 0),     CALL(pwrite64, FD, 0),   CALL(pwritev, FD, 0),
    CALL(pwritev2, FD, 0),   CALL(fsync, FD, 0),      CALL(fdatasync, FD, 0),  CALL(syncfs, FD, 0),
    CALL(ftruncate, FD, 0),  CALL(fallocate, FD, 0),  CALL(fchmod, FD, 0),     CALL(fchown, FD, 0),
    CALL(fsetxattr, FD, 0),  CALL(fremovexattr, FD, 0), CALL(sendfile, FD, 0), CALL(copy_file_range, FD, 2),
    CALL(renameat, AT, 2),   CALL(renameat2, AT, 2),  CALL(linkat, AT, 2),     CALL(symlinkat, AT, 1),
    CALL(unlinkat, AT, 0),   CALL(mkdirat, AT, 0),    CALL(mknodat, AT, 0),    CALL(utimensat, AT, 0),
    CALL(fchmodat, AT, 0),   CALL(fchownat, AT, 0),   CALL(openat, AT, 0),     CALL(truncate, PATH, 0),
#ifdef __NR_rename
    CALL(rename, PATH, 1),   CALL(link, PATH, 1),     CALL(symlink, PATH, 1),  CALL(unlink, PATH, 0),
    CALL(mkdir, PATH, 0),    CALL(rmdir, PATH, 0),    CALL(chmod, PATH, 0),    CALL(chown, PATH, 0),
    CALL(lchown, PATH, 0),
#endif
};
#define COUNT (sizeof CALLS / sizeof CALLS[0])

/* Ends with what it can't do. */
static void need(int ok, const char *what) {
    if (ok) return;
    perror(what);
    _exit(125);
}

/* The calls above stop, openat only if it may make a file; all others run on. */
static void filter_calls(void) {
    struct sock_filter code[2 * COUNT + 8];
    unsigned at = 0;
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 4);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]));
    code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT, 0, 1);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    for (unsigned i = 0; i < COUNT; i++) {
        code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS[i].number, 0, 1);
        code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = at, .filter = code};
    need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
}

static void of_descriptor(pid_t pid, long fd, char *path, size_t size) {
    char link[64];
    if ((int)fd == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", pid);
    else snprintf(link, sizeof link, "/proc/%d/fd/%d", pid, (int)fd);
    ssize_t length = readlink(link, path, size - 1);
    path[length < 0 ? 0 : length] = 0;
}

static void of_memory(pid_t pid, unsigned long address, char *text, size_t size) {
    struct iovec local = {text, size - 1}, remote = {(void *)address, size - 1};
    ssize_t length = address == 0 ? 0 : process_vm_readv(pid, &local, 1, &remote, 1, 0);
    /* A string near the end of what is mapped: up to its page's end. */
    if (length < 0) {
        local.iov_len = remote.iov_len = 4096 - address % 4096 < size - 1 ? 4096 - address % 4096 : size - 1;
        length = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    }
    text[length < 0 ? 0 : length] = 0;
}

/* Where the step is about to be made. */
static void path_of(const struct call *call, pid_t pid, const uint64_t *args, char *path, size_t size) {
    char name[2048];
    if (call->kind == FD) return of_descriptor(pid, (long)args[call->argument], path, size);
    of_memory(pid, args[call->argument + (call->kind == AT)], name, sizeof name);
    path[0] = 0;
    if (name[0] != '/')
        of_descriptor(pid, call->kind == AT ? (long)args[call->argument] : AT_FDCWD, path, size);
    size_t used = strlen(path);
    if (name[0] != 0) snprintf(path + used, size - used, "%s%s", name[0] == '/' ? "" : "/", name);
}

static const struct call *known(uint64_t number) {
    for (unsigned i = 0; i < COUNT; i++)
        if ((uint64_t)CALLS[i].number == number) return &CALLS[i];
    return NULL;
}

/* Whether a stopped thread is at a step below the folder; then it is described. */
static int is_step(pid_t pid, const char *folder, char *text, size_t size) {
    struct __ptrace_syscall_info info;
    char path[6144];
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) return 0;
    const struct call *call = known(info.seccomp.nr);
    if (call == NULL) return 0;
    path_of(call, pid, info.seccomp.args, path, sizeof path);
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    snprintf(text, size, "%s %s\n", call->name, path);
    return 1;
}

static void watch(pid_t victim, unsigned long n, const char *folder, const char *log) {
    char text[8192];
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status)) continue;
        int event = status >> 16, signal = WSTOPSIG(status);
        if (event == PTRACE_EVENT_SECCOMP && n > 0 && is_step(pid, folder, text, sizeof text) && --n == 0) {
            /* Written first: whoever sees the victim dead finds it. */
            int file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            if (file >= 0 && write(file, text, strlen(text)) < 0) text[0] = 0;
            if (file >= 0) close(file);
            kill(victim, SIGKILL);
            continue;
        }
        int is_stop = event == PTRACE_EVENT_STOP && signal != SIGTRAP;
        ptrace(is_stop ? PTRACE_LISTEN : PTRACE_CONT, pid, 0, event == 0 ? signal : 0);
    }
}

int main(int argc, char **argv) {
    if (argc < 5) return 125;
    int ready[2];
    char byte = 0;
    pid_t victim = getpid();
    need(pipe2(ready, O_CLOEXEC) == 0, "pipe");
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    pid_t middle = fork();
    need(middle >= 0, "fork");
    if (middle == 0) {
        if (fork() != 0) _exit(0);
        long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE;
        need(ptrace(PTRACE_SEIZE, victim, 0, options) == 0, "ptrace");
        for (int fd = 0; fd < 3; fd++) close(fd);
        need(write(ready[1], &byte, 1) == 1, "pipe");
        close(ready[0]);
        close(ready[1]);
        watch(victim, strtoul(argv[1], NULL, 10), argv[2], argv[3]);
        return 0;
    }
    waitpid(middle, NULL, 0);
    close(ready[1]);
    need(read(ready[0], &byte, 1) == 1, "the tracer");
    filter_calls();
    execvp(argv[4], argv + 4);
    need(0, argv[4]);
}
