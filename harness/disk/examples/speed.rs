//! How fast a disk is on this machine.

#[cfg(target_os = "linux")]
#[path = "../tests/node/mod.rs"]
mod node;

#[cfg(target_os = "linux")]
const MEASURE: &str = "
import time
def measure(what, count, unit, act):
    begun = time.perf_counter()
    act()
    took = time.perf_counter() - begun
    print(f'{what}: {count / took:.0f} {unit}')

fd = os.open('file', os.O_RDWR | os.O_CREAT)
def write(size, total):
    block = b'x' * size
    for _ in range(total // size):
        os.write(fd, block)
def read(total):
    while os.read(fd, 131072):
        pass
def syncs(count):
    for number in range(count):
        os.pwrite(fd, b'y' * 4096, number * 4096)
        os.fsync(fd)
measure('writes of 4 KiB', 256, 'MiB/s', lambda: write(4096, 256 << 20))
measure('sync of 256 MiB', 1, 'per second', lambda: os.fsync(fd))
measure('writes and syncs of 4 KiB in a file of 256 MiB', 5000, 'per second', lambda: syncs(5000))
os.lseek(fd, 0, 0)
measure('writes of 1 MiB', 256, 'MiB/s', lambda: write(1 << 20, 256 << 20))
os.close(fd)
fd = os.open('file', os.O_RDWR)
measure('reads', 256, 'MiB/s', lambda: read(256 << 20))
small = os.open('small', os.O_RDWR | os.O_CREAT)
os.close(fd)
fd = small
measure('writes and syncs of 4 KiB in a small file', 5000, 'per second', lambda: syncs(5000))
def files(count):
    for number in range(count):
        os.close(os.open(f'f{number}', os.O_CREAT))
measure('new files', 5000, 'per second', lambda: files(5000))";

#[cfg(target_os = "linux")]
fn main() {
    use pepperland_disk::{Disk, Settings};
    if node::disks_can_be_had() {
        println!("{}", node::Node::run(&Disk::new(Settings::default()), MEASURE));
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("disks of nodes need Linux");
}
