// SPDX-License-Identifier: GPL-2.0
// Gives the running kernel the name that its package has. Debian calls it 6.1.0-1-amd64, and on
// Enterprise Linux `uname -r` is the package's version, release and architecture.
#include <linux/module.h>
#include <linux/string.h>
#include <linux/utsname.h>

static char *name;
module_param(name, charp, 0444);

static int __init release_name_init(void)
{
	if (!name)
		return -EINVAL;
	strscpy(init_uts_ns.name.release, name, sizeof(init_uts_ns.name.release));
	return 0;
}

static void __exit release_name_exit(void)
{
}

module_init(release_name_init);
module_exit(release_name_exit);
MODULE_DESCRIPTION("names the kernel as its package does");
MODULE_LICENSE("GPL");
