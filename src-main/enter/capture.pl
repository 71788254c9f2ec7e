# A packet socket's packets as a pcap file on stdout, until stdin ends: SECONDS SNAPLEN. Cooked ones (LINKTYPE_LINUX_SLL,
# https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html), since interfaces of all kinds are listened to; packet(7).
use strict;
use Socket;
my ($seconds, $snap) = @ARGV;
my $end = time + $seconds;
socket(my $socket, 17, SOCK_DGRAM, 0x0300) or die "a packet socket: $!\n";
setsockopt($socket, SOL_SOCKET, SO_RCVBUF, 4 << 20);
$| = 1;
$SIG{PIPE} = sub { exit 0 };
print pack("LSSlLLL", 0xa1b2c3d4, 2, 4, 0, 0, $snap, 113);
my $stamp = pack("l!l!", 0, 0);
while (time < $end) {
  my $ready = "";
  vec($ready, $_, 1) = 1 for fileno(STDIN), fileno($socket);
  select($ready, undef, undef, 1) > 0 or next;
  if (vec($ready, fileno(STDIN), 1)) {
    my $said = sysread(STDIN, my $bytes, 4096);
    last unless $said;
  }
  next unless vec($ready, fileno($socket), 1);
  my $from = recv($socket, my $packet, 65536, 0);
  next unless defined $from;
  my ($family, $protocol, $index, $hardware, $kind, $length, $address) = unpack("S a2 l S C C a8", $from);
  # What leaves by the loopback comes in by it as well.
  next if $kind == 4 && $hardware == 772;
  ioctl($socket, 0x8906, $stamp);
  my ($at, $usec) = unpack("l!l!", $stamp);
  my $whole = pack("n n n a8 a2", $kind, $hardware, $length, $address, $protocol) . $packet;
  my $kept = substr($whole, 0, $snap);
  print pack("LLLL", $at, $usec, length $kept, length $whole), $kept;
}
