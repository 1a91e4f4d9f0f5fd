/* A plug-in of QEMU's emulator that counts the instructions a guest executes, by where they lie, and the blocks of code that are translated.
 * Both are free of the machine's noise. The counters are a file that others map: "counters=PATH". What QEMU offers to plug-ins is declared
 * here after include/qemu/qemu-plugin.h of QEMU 7.2 (interface version 1), which Debian does not package. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct qemu_plugin_tb;
typedef uint64_t qemu_plugin_id_t;
enum { ADD_U64 = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int operation, void *counter, uint64_t addend);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

/* The order of this is known to GuestCounters.cs. */
static struct counters {
    uint64_t firmware, entry, kernel, programs;
    uint64_t kernel_before_init;
    uint64_t translated, translated_before_init;
} *counters;

#define KERNEL 0xffff800000000000u
/* A kernel's image and what unpacks it lie here before the kernel runs at its own address; firmware lies below and at the end of memory. */
#define IMAGE 0x100000u
#define IMAGE_END 0x8000000u
/* The kernel goes back to low addresses a few times before it is settled. */
#define SETTLED 1000

static uint64_t *counter_of(uint64_t address)
{
    static unsigned kernel_blocks;
    if (address >= KERNEL) {
        kernel_blocks++;
        return &counters->kernel;
    }
    if (kernel_blocks < SETTLED)
        return address >= IMAGE && address < IMAGE_END ? &counters->entry : &counters->firmware;
    if (!counters->kernel_before_init) {
        counters->kernel_before_init = counters->kernel;
        counters->translated_before_init = counters->translated;
    }
    return &counters->programs;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    uint64_t *counter = counter_of(qemu_plugin_tb_vaddr(block));
    counters->translated++;
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, counter, qemu_plugin_tb_n_insns(block));
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **arguments)
{
    (void)info;
    if (count != 1 || strncmp(arguments[0], "counters=", 9))
        return -1;
    int file = open(arguments[0] + 9, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || ftruncate(file, sizeof *counters))
        return -1;
    counters = mmap(0, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (counters == MAP_FAILED)
        return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
