// What a light guest shows of its own kernel, though it runs on that of the host: preloaded into
// every program of the guest by /etc/ld.so.preload.
//
//   uname                     the release in /proc/sys/kernel/osrelease           modules.c
//   insmod, modprobe, rmmod   the modules in /sys/module                          modules.c
//   mount -t vboxsf           a folder below /.lab/shares, once vboxsf is loaded  mounts.c
//   mounts, mountinfo         the root as a disk, such a folder as vboxsf         mounts.c
//   /proc/modules             /.lab/modules: the host's kernel may have none      files.c
//
// The files themselves are the guest's: what starts it has put them there.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

// The whole of a small file, ended by a zero; to be freed.
char *whole(const char *path);
// Replaces what is in a file, in one go, so that nobody reads half of it.
void put(const char *path, const char *text);
// Sets errno.
int refuse(int why);

int is_loaded(const char *module);

// Whether a file is a list of mounts: 1 for mounts, 2 for mountinfo.
int is_list(const char *path);
// A file with the list of that kind.
int open_list(int kind, int flags);
// How many shares are mounted.
int mounted_shares(void);
