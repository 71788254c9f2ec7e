# What a network namespace is wired with, by rtnetlink(7): asked in whatever namespace this process is in by then. Numbers
# are those of linux/rtnetlink.h, if_link.h and net_namespace.h.
my $most_wires = 4000;    # of one namespace; more are a gap
# Everything that the kernel answers to one question, as messages: [type, body]. A socket for each: what is left of an answer
# that is longer than is kept would be taken for the next one's.
sub ask_kernel {
  my ($type, $flags, $body) = @_;
  socket my $socket, 16, 3, 0 or return;    # AF_NETLINK, SOCK_RAW, NETLINK_ROUTE
  setsockopt $socket, 1, 21, pack 'l!l!', 2, 0;    # SO_RCVTIMEO: rtnl_lock is everybody's
  my $request = pack('L S S L L', 16 + length $body, $type, $flags, 1, 0) . $body;
  return if !send $socket, $request, 0;
  my @found;
  while (1) {
    return if !defined recv $socket, my $text, 65536, 0;
    while (length $text >= 16) {
      my ($size, $kind) = unpack 'L S', $text;
      return @found if $size < 16 || $size > length $text || $kind == 2 || $kind == 3;    # NLMSG_ERROR, NLMSG_DONE
      push @found, [$kind, substr $text, 16, $size - 16];
      substr $text, 0, ($size + 3) & ~3, '';
      return @found if !($flags & 0x300) || @found > $most_wires;
    }
  }
}
# Attributes by number; of several with one number the last.
sub attributes {
  my ($text) = @_;
  my %found;
  while (length $text >= 4) {
    my ($size, $kind) = unpack 'S S', $text;
    last if $size < 4 || $size > length $text;
    $found{$kind & 0x3fff} = substr $text, 4, $size - 4;
    my $step = ($size + 3) & ~3;
    last if $step >= length $text;
    $text = substr $text, $step;
  }
  return \%found;
}
sub number_of { return defined $_[0] && length $_[0] == 4 ? unpack 'l', $_[0] : undef }
sub dashed { return defined $_[0] && $_[0] ne '' ? $_[0] : '-' }
sub address_of {
  my ($bytes) = @_;
  return join '.', unpack 'C4', $bytes if length $bytes == 4;
  return unpack 'H32', $bytes;    # IPv6: its shortest writing is made where it is shown
}
# Records for namespace $inode, with $own, an open file of the reader's own, whose inode is $own_inode.
sub wires {
  my ($inode, $own, $own_inode) = @_;
  my @said;
  my $there;    # the number of the reader's own namespace here
  # RTM_GETLINK, all, without statistics (RTEXT_FILTER_SKIP_STATS).
  for my $answer (ask_kernel(18, 0x301, pack 'C x S l L L S S L', 0, 0, 0, 0, 0, 8, 29, 8)) {
    my ($kind, $body) = @$answer;
    next if $kind != 16 || length $body < 16;
    my ($index, $flags) = unpack 'x4 l L', $body;
    my $has = attributes(substr $body, 16);
    my $name = unpack 'Z*', defined $has->{3} ? $has->{3} : '';
    my $mac = defined $has->{1} && length $has->{1} == 6 ? join ':', unpack '(H2)6', $has->{1} : undef;
    my $info = defined $has->{18} ? attributes($has->{18})->{1} : undef;
    my $link = number_of($has->{5});
    my $away = number_of($has->{37});
    undef $link if defined $link && ($link <= 0 || ($link == $index && !defined $away));
    my $where;
    if (defined $link && !defined $away) { $where = $inode }
    elsif (defined $link) {
      if (!defined $there) {
        # RTM_GETNSID: NETNSA_FD, answered with NETNSA_NSID.
        my ($said) = defined $own ? ask_kernel(90, 1, pack 'C x3 S S L', 0, 8, 3, $own) : ();
        $there = defined $said && length $said->[1] >= 4 ? number_of(attributes(substr $said->[1], 4)->{1}) : undef;
        $there = -1 if !defined $there;
      }
      $where = $own_inode if $there >= 0 && $there == $away;
    }
    push @said, join ' ', 'I', $inode, $index, enc($name), defined $info ? enc(unpack 'Z*', $info) : '-', dashed($mac), number_of($has->{4}) || 0,
      $flags & 1, dashed($link), dashed($where), dashed(number_of($has->{10}));
  }
  # RTM_GETROUTE, all: the main table's, to somewhere.
  for my $answer (ask_kernel(26, 0x301, pack 'C8 L', (0) x 8, 0)) {
    my ($kind, $body) = @$answer;
    next if $kind != 24 || length $body < 12;
    my ($family, $bits, undef, undef, $table, undef, undef, $type, $flags) = unpack 'C8 L', $body;
    next if $type != 1 || ($family != 2 && $family != 10) || $flags & 0x200;    # RTN_UNICAST; RTM_F_CLONED
    my $has = attributes(substr $body, 12);
    my $in = number_of($has->{15});
    next if (defined $in ? $in : $table) != 254;
    my $to = defined $has->{1} ? address_of($has->{1}) . "/$bits" : $family == 2 ? '0.0.0.0/0' : '0' x 32 . '/0';
    my @hop = [$has->{4}, defined $has->{5} ? $has->{5} : $has->{18}];
    my $several = $has->{9};
    if (defined $several) {
      @hop = ();
      while (length $several >= 8) {
        my ($size, $dev) = unpack 'S x2 l', $several;
        last if $size < 8 || $size > length $several;
        my $via = attributes(substr $several, 8, $size - 8);
        push @hop, [pack('l', $dev), defined $via->{5} ? $via->{5} : $via->{18}];
        last if ($size + 3 & ~3) >= length $several;
        $several = substr $several, $size + 3 & ~3;
      }
    }
    for my $hop (@hop) {
      my ($dev, $via) = (number_of($hop->[0]), $hop->[1]);
      next if !defined $dev;
      # RTA_VIA: the family first, then an address of it.
      $via = substr $via, 2 if defined $via && (length $via == 6 || length $via == 18);
      push @said, join ' ', 'L', $inode, $dev, $to, defined $via ? address_of($via) : '-';
    }
  }
  # What is beyond is counted as far as it was asked for.
  if (@said > $most_wires) { my $more = @said - $most_wires; splice @said, $most_wires, @said, "more $more" }
  return @said;
}
