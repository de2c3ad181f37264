// The kernel's name, and its modules, loaded and unloaded: folders in /sys/module.
#include <dirent.h>
#include <elf.h>
#include <stdarg.h>
#include <sys/utsname.h>

#include "guest.h"

EXPORT int uname(struct utsname *name)
{
    int status = (int)syscall(SYS_uname, name);
    char *release = status ? NULL : whole("/proc/sys/kernel/osrelease");
    if (release) {
        release[strcspn(release, "\n")] = 0;
        snprintf(name->release, sizeof name->release, "%s", release);
        free(release);
    }
    return status;
}

static const char *in_module(char path[512], const char *module, const char *name, const char *more)
{
    snprintf(path, 512, "/sys/module/%s/%s%s", module, name, more);
    return path;
}

int is_loaded(const char *module)
{
    char path[512];
    return !access(in_module(path, module, "initstate", ""), F_OK);
}

// Calls something for each entry of a folder that is not hidden.
static void each(const char *folder, void (*call)(const char *name, void *more), void *more)
{
    struct dirent *entry;
    DIR *entries = opendir(folder);
    while (entries && (entry = readdir(entries)))
        if (*entry->d_name != '.')
            call(entry->d_name, more);
    if (entries)
        closedir(entries);
}

struct list {
    int count;
    char text[4096];
};

static void add_holder(const char *name, void *more)
{
    struct list *list = more;
    size_t end = strlen(list->text);
    snprintf(list->text + end, sizeof list->text - end, "%s,", name);
    list->count++;
}

static void add_module(const char *name, void *more)
{
    char path[512], count[16];
    struct list *list = more, holders = {0, ""};
    each(in_module(path, name, "holders", ""), add_holder, &holders);
    size_t end = strlen(list->text);
    snprintf(list->text + end, sizeof list->text - end, "%s 16384 %d %.512s Live 0x0000000000000000 (OE)\n", name,
             holders.count, holders.count ? holders.text : "-");
    snprintf(count, sizeof count, "%d\n", holders.count);
    put(in_module(path, name, "refcnt", ""), count);
}

// Lists anew what stands in /sys/module.
static void tell_modules(void)
{
    struct list list = {0, ""};
    each("/sys/module", add_module, &list);
    put("/.lab/modules", list.text);
    put("/proc/filesystems", is_loaded("vboxsf") ? "nodev\tproc\nnodev\ttmpfs\n\text4\nnodev\tvboxsf\n"
                                                 : "nodev\tproc\nnodev\ttmpfs\n\text4\n");
}

// A module's own description of itself, in its section .modinfo.
static const char *description(const char *image, unsigned long length, size_t *size)
{
    const Elf64_Ehdr *head = (const void *)image;
    if (length < sizeof *head || memcmp(image, ELFMAG, SELFMAG) ||
        head->e_shoff + (unsigned long)head->e_shnum * sizeof(Elf64_Shdr) > length)
        return NULL;
    const Elf64_Shdr *sections = (const void *)(image + head->e_shoff);
    const Elf64_Shdr *names = &sections[head->e_shstrndx];
    for (int i = 0; i < head->e_shnum; i++)
        if (!strcmp(image + names->sh_offset + sections[i].sh_name, ".modinfo")) {
            *size = sections[i].sh_size;
            return image + sections[i].sh_offset;
        }
    return NULL;
}

// The value of NAME= in it; an empty one where there is none.
static void said(const char *info, size_t size, const char *name, char value[256])
{
    size_t length = strlen(name);
    *value = 0;
    for (size_t at = 0; at + length < size; at += strnlen(info + at, size - at) + 1)
        if (!strncmp(info + at, name, length) && info[at + length] == '=') {
            snprintf(value, 256, "%s", info + at + length + 1);
            return;
        }
}

static void appear(const char *name, const char *version)
{
    char path[512], text[512];
    mkdir(in_module(path, name, "", ""), 0755);
    mkdir(in_module(path, name, "holders", ""), 0755);
    snprintf(text, sizeof text, "%s\n", version);
    if (*version)
        put(in_module(path, name, "version", ""), text);
    put(in_module(path, name, "initstate", ""), "live\n");
}

EXPORT int init_module(void *image, unsigned long length, const char *options)
{
    char name[256], version[256], magic[256], needs[256], path[512], *rest;
    struct utsname kernel;
    size_t size;
    const char *info = description(image, length, &size);
    (void)options;
    if (geteuid())
        return refuse(EPERM);
    if (!info)
        return refuse(ENOEXEC);
    said(info, size, "name", name);
    said(info, size, "version", version);
    said(info, size, "vermagic", magic);
    magic[strcspn(magic, " ")] = 0;
    uname(&kernel);
    if (strcmp(magic, kernel.release))
        return refuse(ENOEXEC);
    if (is_loaded(name))
        return refuse(EEXIST);
    said(info, size, "depends", needs);
    for (char *need = strtok_r(needs, ",", &rest); need; need = strtok_r(NULL, ",", &rest))
        if (!is_loaded(need))
            return refuse(ENOENT);
    said(info, size, "depends", needs);
    for (char *need = strtok_r(needs, ",", &rest); need; need = strtok_r(NULL, ",", &rest))
        mkdir(in_module(path, need, "holders/", name), 0755);
    appear(name, version);
    tell_modules();
    return 0;
}

static void release(const char *module, void *name)
{
    char path[512];
    rmdir(in_module(path, module, "holders/", name));
}

EXPORT int delete_module(const char *name, unsigned int flags)
{
    char path[512];
    static const char *const files[] = {"initstate", "version", "refcnt"};
    (void)flags;
    if (geteuid())
        return refuse(EPERM);
    if (!is_loaded(name))
        return refuse(ENOENT);
    if ((!strcmp(name, "vboxsf") && mounted_shares()) || rmdir(in_module(path, name, "holders", "")))
        return refuse(EWOULDBLOCK);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_module(path, name, files[i], ""));
    rmdir(in_module(path, name, "", ""));
    each("/sys/module", release, (void *)name);
    tell_modules();
    return 0;
}

// modprobe hands over an open file, and the module's bytes to a kernel that does not know that.
EXPORT long syscall(long number, ...)
{
    long word[6], result;
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++)
        word[i] = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_finit_module)
        return refuse(ENOSYS);
    register long fourth __asm__("r10") = word[3];
    register long fifth __asm__("r8") = word[4];
    register long sixth __asm__("r9") = word[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(word[0]), "S"(word[1]), "d"(word[2]), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "rcx", "r11", "memory");
    return result < 0 && result > -4096 ? refuse((int)-result) : result;
}
