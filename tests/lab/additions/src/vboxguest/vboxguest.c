// SPDX-License-Identifier: GPL-2.0
// Stands in for the Guest Additions' main module: it has their version, and vboxsf needs it. The
// device of VirtualBox, which a guest of the lab lacks, it does not look for.
#include <linux/module.h>
#include <linux/string.h>

#include "version.h"

static char device[16];

const char *VBoxGuestIDC(void)
{
	return device;
}
EXPORT_SYMBOL_GPL(VBoxGuestIDC);

static int __init vboxguest_init(void)
{
	// Older Additions call what newer kernels no longer have, so they cannot be built for these.
	COPY_TEXT(device, "vboxguest", sizeof(device));
	// To the console, from which the lab's VirtualBox reads what the real one is told by the device.
	pr_err("vboxguest: %s\n", VERSION_TEXT);
	return 0;
}

static void __exit vboxguest_exit(void)
{
	pr_err("vboxguest: gone\n");
}

module_init(vboxguest_init);
module_exit(vboxguest_exit);
MODULE_DESCRIPTION("a stand-in for VirtualBox Guest Additions");
MODULE_LICENSE("GPL");
MODULE_VERSION(VERSION_TEXT);
