# What programs do with files, and what POSIX and Linux promise of it.
def refused(code, what):
    try:
        what()
    except OSError as error:
        assert error.errno == code, (errno.errorcode[error.errno], errno.errorcode[code])
    else:
        raise AssertionError('not refused')

def text(name):
    with open(name) as f:
        return f.read()

def write(name, content, mode='w'):
    with open(name, mode) as f:
        f.write(content)

# Names.
write('a', 'one')
refused(errno.EEXIST, lambda: os.open('a', os.O_CREAT | os.O_EXCL))
refused(errno.ENOENT, lambda: os.stat('none'))
refused(errno.ENAMETOOLONG, lambda: os.mkdir('x' * 256))
os.mkdir('x' * 255), os.rmdir('x' * 255)
os.link('a', 'b')
assert os.stat('a').st_nlink == 2 and os.path.samefile('a', 'b')
write('c', 'two')
os.rename('c', 'b')
assert text('b') == 'two' and os.stat('a').st_nlink == 1
os.symlink('a', 'link')
assert os.readlink('link') == 'a' and text('link') == 'one'
assert os.lstat('link').st_size == 1
os.mkfifo('pipe')
assert stat.S_ISFIFO(os.stat('pipe').st_mode)
for name in ('a', 'b', 'link', 'pipe'):
    os.unlink(name)

# Folders.
os.makedirs('d/e/f')
refused(errno.ENOTEMPTY, lambda: os.rmdir('d'))
refused(errno.EINVAL, lambda: os.rename('d', 'd/e/g'))
refused(errno.EISDIR, lambda: os.unlink('d'))
os.rename('d/e', 'e')
assert os.listdir('d') == [] and os.listdir('e') == ['f']
os.rename('d', 'e/f')
assert sorted(os.listdir()) == ['e'] and sorted(os.listdir('e')) == ['f']
os.removedirs('e/f')
os.mkdir('many')
names = {f'{number:05}' for number in range(3000)}
for name in names:
    write('many/' + name, name)
assert set(os.listdir('many')) == names
with os.scandir('many') as entries:  # removed while they are listed
    for entry in entries:
        assert entry.is_file()
        os.unlink(entry.path)
assert os.listdir('many') == []
os.rmdir('many')

# Content.
fd = os.open('file', os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o640)
assert os.fstat(fd).st_mode & 0o777 == 0o640
assert os.pwrite(fd, b'end', 100_000) == 3 and os.fstat(fd).st_size == 100_003
assert os.pread(fd, 4, 99_999) == b'\0end' and os.fstat(fd).st_blocks == 8
os.ftruncate(fd, 100_001)
os.ftruncate(fd, 100_003)
assert os.pread(fd, 9, 100_000) == b'e\0\0'
os.posix_fallocate(fd, 0, 1 << 20)
assert os.fstat(fd).st_size == 1 << 20 and os.fstat(fd).st_blocks == 2048
refused(errno.ENOSPC, lambda: os.posix_fallocate(fd, 0, 1 << 40))
refused(errno.EINVAL, lambda: os.pwrite(fd, b'x', (1 << 63) - 1))
memory = mmap.mmap(fd, 1 << 20)
memory[4090:4102] = b'through both'
memory.flush()
assert os.pread(fd, 12, 4090) == b'through both'
os.pwrite(fd, b'and back', 8000)
assert memory[8000:8008] == b'and back'
memory.close()
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.lockf(os.open('file', os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB)
os.unlink('file')
assert os.pread(fd, 8, 8000) == b'and back' and os.fstat(fd).st_nlink == 0
os.close(fd)
write('log', 'a')
write('log', 'b', 'a')
assert text('log') == 'ab'
big = os.urandom(3_000_000)
write('big', big, 'wb')
with open('big', 'rb') as f:
    assert f.read() == big
durable = os.open('durable', os.O_WRONLY | os.O_CREAT | os.O_DSYNC)
os.write(durable, b'now')

# Attributes.
os.utime('log', ns=(1_500_000_000_123_456_789, -1_000_000_000))
assert os.stat('log').st_mtime_ns == -1_000_000_000
assert os.stat('log').st_atime_ns == 1_500_000_000_123_456_789
os.chmod('log', 0o4711)
assert os.stat('log').st_mode & 0o7777 == 0o4711
room = os.statvfs('.')
assert room.f_blocks * room.f_frsize == 16 << 20 and 0 < room.f_bavail < room.f_blocks
os.unlink('big')
after = os.statvfs('.')
assert (after.f_bavail - room.f_bavail) * 4096 >= 3_000_000
os.sync()
print('all is well')
