#podglass:pty/1
# A terminal for the program that @ARGV names: keys come on stdin, the screen goes to stdout. What ends first ends the
# other: at the end of stdin the terminal hangs up, as one does whose line is cut. Ioctls are asm-generic's (x86, ARM).
use strict;
use POSIX ();
open(my $screen, "+<", "/dev/ptmx") or die "no terminal can be made here: /dev/ptmx: $!\n";
my $off = pack("i", 0);
ioctl($screen, 0x40045431, $off) or die "no terminal can be made here: TIOCSPTLCK: $!\n";
my $number = pack("I", 0);
ioctl($screen, 0x80045430, $number) or die "no terminal can be made here: TIOCGPTN: $!\n";
my $path = "/dev/pts/" . unpack("I", $number);
my $child = fork;
defined $child or die "no process can be made here: $!\n";
if ($child == 0) {
  POSIX::setsid();
  open(my $terminal, "+<", $path) or die "$path: $!\n";
  ioctl($terminal, 0x540E, 0);
  POSIX::dup2(fileno($terminal), $_) for 0, 1, 2;
  exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
}
sub all {
  my ($to, $bytes) = @_;
  while (length $bytes) {
    my $sent = syswrite($to, $bytes);
    defined $sent or return 0;
    substr($bytes, 0, $sent, "");
  }
  return 1;
}
$SIG{PIPE} = "IGNORE";
while (1) {
  my $ready = "";
  vec($ready, $_, 1) = 1 for fileno(STDIN), fileno($screen);
  select($ready, undef, undef, undef) > 0 or next;
  my $bytes;
  if (vec($ready, fileno($screen), 1)) {
    (sysread($screen, $bytes, 65536) // 0) > 0 or last;
    all(\*STDOUT, $bytes) or last;
  }
  if (vec($ready, fileno(STDIN), 1)) {
    (sysread(STDIN, $bytes, 4096) // 0) > 0 or last;
    all($screen, $bytes) or last;
  }
}
close $screen;
waitpid($child, 0);
exit(($? & 127) ? 128 + ($? & 127) : $? >> 8);
