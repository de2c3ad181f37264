// Files that are opened and looked at: where another one stands for it, that.
#include <dlfcn.h>
#include <mntent.h>
#include <stdarg.h>

#include "guest.h"

char *whole(const char *path)
{
    size_t size = 0, room = 65536;
    char *text = malloc(room);
    int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    if (from < 0 || !text) {
        free(text);
        return NULL;
    }
    while ((got = read(from, text + size, room - size - 1)) > 0) {
        size += (size_t)got;
        char *more = size + 1 == room ? realloc(text, room *= 2) : text;
        if (!more)
            break;
        text = more;
    }
    close(from);
    text[size] = 0;
    return text;
}

void put(const char *path, const char *text)
{
    int to = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (to < 0)
        return;
    if (pwrite(to, text, strlen(text), 0) < 0 || ftruncate(to, (off_t)strlen(text)))
        perror(path);
    close(to);
}

int refuse(int why)
{
    errno = why;
    return -1;
}

static const char *instead(const char *path)
{
    return path && !strcmp(path, "/proc/modules") ? "/.lab/modules" : path;
}

static int opened(int folder, const char *path, int flags, mode_t mode)
{
    int kind = is_list(path);
    return kind ? open_list(kind, flags) : (int)syscall(SYS_openat, folder, instead(path), flags, mode);
}

static mode_t mode_of(int flags, va_list *rest)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(*rest, mode_t) : 0;
}

#define OPEN(name) \
    EXPORT int name(const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, &rest); \
        va_end(rest); \
        return opened(AT_FDCWD, path, flags, mode); \
    }
#define OPENAT(name) \
    EXPORT int name(int folder, const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, &rest); \
        va_end(rest); \
        return opened(folder, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
EXPORT int __open_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
EXPORT int __open64_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
EXPORT int __openat_2(int folder, const char *path, int flags) { return opened(folder, path, flags, 0); }
EXPORT int __openat64_2(int folder, const char *path, int flags) { return opened(folder, path, flags, 0); }

// The C library opens a stream without coming by here.
#define STREAM(name) \
    EXPORT FILE *name(const char *path, const char *mode) \
    { \
        int kind = is_list(path); \
        if (kind) \
            return fdopen(open_list(kind, strchr(mode, 'e') ? O_CLOEXEC : 0), "r"); \
        FILE *(*next)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, #name); \
        return next(instead(path), mode); \
    }
STREAM(fopen)
STREAM(fopen64)
STREAM(setmntent)

static int looked_at(int folder, const char *path, struct stat *state, int flags)
{
    return (int)syscall(SYS_newfstatat, folder, instead(path), state, flags);
}
EXPORT int stat(const char *path, struct stat *state) { return looked_at(AT_FDCWD, path, state, 0); }
EXPORT int stat64(const char *path, struct stat64 *state) { return looked_at(AT_FDCWD, path, (struct stat *)state, 0); }
EXPORT int lstat(const char *path, struct stat *state) { return looked_at(AT_FDCWD, path, state, AT_SYMLINK_NOFOLLOW); }
EXPORT int lstat64(const char *path, struct stat64 *state)
{
    return looked_at(AT_FDCWD, path, (struct stat *)state, AT_SYMLINK_NOFOLLOW);
}
EXPORT int fstatat(int folder, const char *path, struct stat *state, int flags)
{
    return looked_at(folder, path, state, flags);
}
EXPORT int fstatat64(int folder, const char *path, struct stat64 *state, int flags)
{
    return looked_at(folder, path, (struct stat *)state, flags);
}

static int reached(int folder, const char *path, int mode, int flags)
{
    return (int)syscall(SYS_faccessat2, folder, instead(path), mode, flags);
}
EXPORT int access(const char *path, int mode) { return reached(AT_FDCWD, path, mode, 0); }
EXPORT int faccessat(int folder, const char *path, int mode, int flags) { return reached(folder, path, mode, flags); }
EXPORT int eaccess(const char *path, int mode) { return reached(AT_FDCWD, path, mode, AT_EACCESS); }
EXPORT int euidaccess(const char *path, int mode) { return reached(AT_FDCWD, path, mode, AT_EACCESS); }
