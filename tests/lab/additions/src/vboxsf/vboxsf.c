// SPDX-License-Identifier: GPL-2.0
// Stands in for the module of the shared folders: a file system named vboxsf, which borrows 9p to
// reach the host. What is written on one side is seen on the other.
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/string.h>

#include "version.h"

const char *VBoxGuestIDC(void);

static struct file_system_type *borrowed;

static struct dentry *vboxsf_mount(struct file_system_type *type, int flags, const char *share, void *data)
{
	char options[] = "trans=virtio,version=9p2000.L,msize=131072";

	// As the real one, which is told by its helper what no option says.
	if (!data || !strstr(data, "asked=1"))
		return ERR_PTR(-EINVAL);
	return borrowed->mount(type, flags, share, options);
}

static void vboxsf_kill_sb(struct super_block *sb)
{
	borrowed->kill_sb(sb);
}

static struct file_system_type vboxsf = {
	.owner = THIS_MODULE,
	.name = "vboxsf",
	.mount = vboxsf_mount,
	.kill_sb = vboxsf_kill_sb,
};
MODULE_ALIAS_FS("vboxsf");

static int __init vboxsf_init(void)
{
	int failed;

	borrowed = get_fs_type("9p");
	if (!borrowed || !borrowed->mount)
		return -ENODEV;
	failed = register_filesystem(&vboxsf);
	if (failed)
		module_put(borrowed->owner);
	else
		pr_info("vboxsf: %s on %s\n", VERSION_TEXT, VBoxGuestIDC());
	return failed;
}

static void __exit vboxsf_exit(void)
{
	unregister_filesystem(&vboxsf);
	module_put(borrowed->owner);
}

module_init(vboxsf_init);
module_exit(vboxsf_exit);
MODULE_DESCRIPTION("a stand-in for VirtualBox shared folders");
MODULE_LICENSE("GPL");
MODULE_VERSION(VERSION_TEXT);
