# Where a namespace hides besides a process: bind mounts, its parent, its owner; and what a network namespace has.
our (%held_by, %mounted, %told);

# One reader a namespace: type -> inode -> its oldest process, which is the likeliest to be there a moment later.
sub find_holders {
  %held_by = ();
  my @type = @all_links;
  for my $pid (sort { $born{$a} <=> $born{$b} || $a <=> $b } keys %ns_of) {
    my $set = $ns_of{$pid};
    next if $set eq 'denied';
    my $at = 0;
    for my $inode (split /,/, $set) {
      my $type = $type[$at++];
      $held_by{$type}{$inode} = $pid if $inode ne '' && !defined $held_by{$type}{$inode};
    }
  }
}
# Mount tables: always our own and pid 1's; with deep every one that a process is in, and then with the container's own
# mounts beside the pins. Kernel file systems are left out, and a table is cut at 400 lines.
my $kernel_fs = qr/^(?:proc|sysfs|cgroup2?|devpts|mqueue|devtmpfs|securityfs|debugfs|tracefs|bpf|pstore|configfs|fusectl|hugetlbfs|autofs|binfmt_misc|efivarfs|ramfs)$/;
sub read_mounts {
  my ($deep) = @_;
  my %want = (defined $self_mnt ? ($self_mnt => 'self') : ());
  # The node's own table is pid 1's; where that one may not be read, kthreadd's (facts: both are in the first one).
  my ($one, $first) = ('', 1);
  for my $pid (1, 2) {
    next if $one ne '' || ($pid == 2 && !defined $kthread_set);
    ($one, $first) = (inode_of(readlink("/proc/$pid/ns/mnt") || ''), $pid);
  }
  if ($one ne '') { $want{$one} ||= $first }
  else { gap('bind mounts that pid 1 sees', 'permission denied', $mend) }
  if ($deep) { $want{$_} ||= $held_by{mnt}{$_} for keys %{$held_by{mnt}} }
  for my $inode (sort { $a <=> $b } keys %want) {
    my $pid = $want{$inode};
    my $text = all("/proc/$pid/mountinfo", 33554432);
    if (!defined $text) { gap('mounts of mount namespaces', why(), why() eq 'permission denied' ? $mend : ''); next }
    my @line;
    my $others = 0;
    for my $line (split /\n/, $text) {
      my ($left, $right) = split / - /, $line, 2;
      next if !defined $right;
      my ($fstype) = $right =~ /^(\S+)/;
      if ($fstype ne 'nsfs') {
        next if !$deep || $inode == $self_mnt || $inode eq $one || $fstype =~ $kernel_fs || ++$others > 400;
      }
      push @line, enc($line);
    }
    gap('mounts of mount namespaces', 'more than 400 in one: the rest was left out', '', $others - 400) if $others > 400;
    $mounted{$inode} = 1;
    put("M $inode", join ' ', $pid eq 'self' ? $$ : $pid, @line);
  }
  if ($deep || $whole) {
    for my $inode (keys %mounted) {
      next if $want{$inode};
      delete $mounted{$inode};
      drop("M $inode") if defined $last{"M $inode"};
    }
  }
  gap('bind mounts in other mount namespaces', 'a slow place: read with --deep', '--deep', scalar(keys %{$held_by{mnt}}) - scalar(keys %want))
    if !$deep && !$told{deep} && keys %{$held_by{mnt}} > keys %want;
}
# NS_GET_USERNS and NS_GET_PARENT, ioctl_nsfs(2): each answers with an open file of the namespace asked for.
my ($get_owner, $get_parent) = (0xb701, 0xb702);
sub ask_nsfs {
  my ($file, $call) = @_;
  my $fd = ioctl $file, $call, 0;
  return if !defined $fd;
  open my $answer, '<&=', $fd + 0 or return;
  return ($answer, (stat $answer)[1]);
}
our @pinned;
sub find_pins {
  @pinned = ();
  for my $line (split /\n/, all('/proc/self/mountinfo', 33554432) || '') {
    next if $line !~ / - nsfs /;
    my ($root, $where) = (split / /, $line)[3, 4];
    push @pinned, [$1, $2, unmount_escape($where)] if $root =~ /^(\w+):\[(\d+)\]$/;
  }
}
sub read_relations {
  my %alive;
  my $failed = 0;
  for my $type (@all_links) {
    my $kind = $type =~ /^(\w+?)_for/ ? $1 : $type;
    for my $inode (keys %{$held_by{$type}}) {
      next if $alive{"$kind $inode"}++ || ancestors_alive($kind, $inode, \%alive);
      my $told = relate($kind, $inode, "/proc/$held_by{$type}{$inode}/ns/$type", \%alive);
      # Its oldest process ended meanwhile: another may still be there.
      for my $pid ($told eq 'gone' ? grep { ",$ns_of{$_}," =~ /,$inode,/ } keys %ns_of : ()) {
        $told = relate($kind, $inode, "/proc/$pid/ns/$type", \%alive);
        last if $told ne 'gone';
      }
      $failed++ if $told eq 'denied';
    }
  }
  for my $pin (@pinned) {
    my ($type, $inode, $where) = @$pin;
    next if $alive{"$type $inode"}++ || ancestors_alive($type, $inode, \%alive);
    $failed++ if relate($type, $inode, $where, \%alive) eq 'denied';
  }
  for my $key (grep { /^R / } keys %last) { drop($key) if !$alive{substr $key, 2} }
  gap('owners and parents of namespaces', 'permission denied', $mend, $failed) if $failed;
}
# Known already: it lives on, and so do its ancestors, of which some have no process and no pin.
sub ancestors_alive {
  my ($type, $inode, $alive) = @_;
  return 0 if !defined $last{"R $type $inode"};
  while (defined $last{"R $type $inode"} && $last{"R $type $inode"} =~ / (\d+)$/) { $inode = $1; last if $alive->{"$type $inode"}++ }
  return 1;
}
sub relate {
  my ($type, $inode, $path, $alive) = @_;
  sysopen my $file, $path, $quiet or return $! == 2 || $! == 3 ? 'gone' : 'denied';
  return 'gone' if (stat $file)[1] != $inode;
  while (1) {
    my ($owner_file, $owner) = ask_nsfs($file, $get_owner);
    my ($parent_file, $parent);
    ($parent_file, $parent) = ask_nsfs($file, $get_parent) if $type eq 'pid' || $type eq 'user';
    put("R $type $inode", (defined $owner ? $owner : '-') . ' ' . (defined $parent ? $parent : '-'));
    # The chain of parents leads to namespaces that have no process and no pin of their own.
    return 'told' if !defined $parent || $alive->{"$type $parent"}++;
    ($file, $inode) = ($parent_file, $parent);
  }
}
# Addresses of every network namespace but the node's copies: text of one member's /proc/PID/net.
our @quick_net = qw(fib_trie if_inet6 dev);
our @slow_net = qw(tcp tcp6 udp udp6);
sub read_net {
  my ($deep) = @_;
  my $spaces = $held_by{net} || {};
  for my $inode (sort { $a <=> $b } keys %$spaces) {
    my $key = "N $inode";
    next if defined $last{$key} && !$deep && !$whole && $inode % $turns != $seq % $turns;
    my $pid = $spaces->{$inode};
    next if !chdir "/proc/$pid";
    my @said;
    for my $name (@quick_net, $deep ? @slow_net : ()) {
      my $text = list("net/$name");
      push @said, $name, enc($text) if defined $text;
    }
    next if inode_of(readlink('ns/net') || '') ne $inode;
    # What a quick frame did not read again stays as the deep one said it.
    if (!$deep && defined $last{$key}) { push @said, kept($last{$key}) }
    put($key, join ' ', $pid, @said);
  }
  chdir '/';
  for my $key (grep { /^N / } keys %last) {
    my $inode = substr $key, 2;
    drop($key) if !defined $spaces->{$inode} && !grep { $_->[1] == $inode } @pinned;
  }
}
sub kept {
  my (undef, %had) = split / /, $_[0];
  return map { defined $had{$_} ? ($_, $had{$_}) : () } @slow_net;
}
