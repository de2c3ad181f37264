// What is mounted, as the guest's own kernel would tell it, and shares to mount.
#include <sys/mman.h>
#include <sys/mount.h>

#include "guest.h"

#define SHARES "/.lab/shares/"

// The fields of a line of mountinfo.
struct line {
    char id[16], parent[16], device[24], root[512], place[512], options[256], optional[256];
    char type[64], source[512], super[512];
};

static int parse(const char *text, struct line *line)
{
    char head[2048];
    const char *dash = strstr(text, " - ");
    if (!dash || (size_t)(dash - text) >= sizeof head)
        return 0;
    memcpy(head, text, (size_t)(dash - text));
    head[dash - text] = 0;
    line->optional[0] = 0;
    return sscanf(head, "%15s %15s %23s %511s %511s %255s %255[^\n]", line->id, line->parent, line->device,
                  line->root, line->place, line->options, line->optional) >= 6 &&
           sscanf(dash, " - %63s %511s %511s", line->type, line->source, line->super) == 3;
}

// The name of the share that is mounted here, if one is.
static const char *share_of(const struct line *line, const struct line *shares, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(line->device, shares[i].device) && !strcmp(line->root, shares[i].root))
            return shares[i].place + strlen(SHARES);
    return NULL;
}

static void rename_as(struct line *line, const char *type, const char *source)
{
    snprintf(line->type, sizeof line->type, "%s", type);
    snprintf(line->source, sizeof line->source, "%s", source);
    strcpy(line->root, "/");
    strcpy(line->super, "rw");
}

// Writes what the guest's kernel would; gives back how many shares are mounted.
static int tell(FILE *to, int kind)
{
    struct line shares[16], line;
    size_t count = 0;
    int mounted = 0;
    char *text = whole("/proc/self/mountinfo"), *rest;
    if (!text)
        return 0;
    for (char *at = text; *at && count < 16; at += strcspn(at, "\n"), at += *at == '\n')
        if (parse(at, &line) && !strncmp(line.place, SHARES, strlen(SHARES)))
            shares[count++] = line;
    for (char *at = strtok_r(text, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
        if (!parse(at, &line) || !strncmp(line.place, "/.lab", 5) || !strncmp(line.place, "/proc/", 6))
            continue;
        const char *share = share_of(&line, shares, count);
        if (share)
            rename_as(&line, "vboxsf", share);
        else if (!strcmp(line.place, "/"))
            rename_as(&line, "ext4", "/dev/vda1");
        else if (!strcmp(line.place, "/sys"))
            rename_as(&line, "sysfs", "sysfs");
        mounted += share != NULL;
        if (kind == 1)
            fprintf(to, "%s %s %s %s 0 0\n", line.source, line.place, line.type, line.options);
        else if (kind == 2)
            fprintf(to, "%s %s %s %s %s %s%s%s - %s %s %s\n", line.id, line.parent, line.device, line.root,
                    line.place, line.options, *line.optional ? " " : "", line.optional, line.type, line.source,
                    line.super);
    }
    free(text);
    return mounted;
}

int mounted_shares(void) { return tell(NULL, 0); }

int is_list(const char *path)
{
    if (!path || strncmp(path, "/proc/", 6))
        return path && !strcmp(path, "/etc/mtab");
    const char *name = strrchr(path, '/') + 1;
    return !strcmp(name, "mounts") ? 1 : !strcmp(name, "mountinfo") ? 2 : 0;
}

int open_list(int kind, int flags)
{
    int list = memfd_create("mounts", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    int copy = list < 0 ? -1 : dup(list);
    FILE *to = copy < 0 ? NULL : fdopen(copy, "w");
    if (!to)
        return list;
    tell(to, kind);
    fclose(to);
    lseek(list, 0, SEEK_SET);
    return list;
}

EXPORT int mount(const char *source, const char *place, const char *type, unsigned long flags, const void *data)
{
    char share[512];
    if (!type || strcmp(type, "vboxsf"))
        return (int)syscall(SYS_mount, source, place, type, flags, data);
    if (!is_loaded("vboxsf"))
        return refuse(ENODEV);
    // Its helper tells it what no option says.
    if (!data || !strstr(data, "asked=1"))
        return refuse(EINVAL);
    snprintf(share, sizeof share, SHARES "%s", source);
    return (int)syscall(SYS_mount, share, place, NULL, (unsigned long)MS_BIND, NULL);
}
