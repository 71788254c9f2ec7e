# Where a namespace hides besides a process: bind mounts, its parent, its owner; and what a network namespace has.
our (%held_by, %mounted, %told);

# One reader a namespace: type -> inode -> its oldest process, which is the likeliest to be there a moment later.
sub find_holders {
  return if !$holders_changed;
  $holders_changed = 0;
  %held_by = ();
  for my $set (keys %in_set) {
    next if defined $first_in{$set};
    my $first;
    for my $pid (keys %{$in_set{$set}}) {
      $first = $pid if !defined $first || $born{$pid} < $born{$first} || ($born{$pid} == $born{$first} && $pid < $first);
    }
    $first_in{$set} = $first;
  }
  for my $set (sort { $born{$first_in{$a}} <=> $born{$first_in{$b}} || $first_in{$a} <=> $first_in{$b} } keys %in_set) {
    next if $set eq 'denied';
    my $at = 0;
    for my $inode (split /,/, $set) {
      my $type = $all_links[$at++];
      $held_by{$type}{$inode} = $first_in{$set} if $inode ne '' && !defined $held_by{$type}{$inode};
    }
  }
}
# The kernel tells who waits on a mountinfo that its table has changed (mounts_poll in fs/proc_namespace.c), so an open
# one saves reading hundreds of lines a tick. What does not tell is read again in its turn.
my (%watch, %table, %told_table);
sub table_of {
  my ($inode, $pid) = @_;
  my $path = "/proc/$pid/mountinfo";
  return $table{$inode} if $alone && defined $table{$inode};
  if (my $file = $watch{$inode}) {
    my $news = '';
    vec($news, fileno $file, 1) = 1;
    return $table{$inode} if !select(undef, undef, $news, 0) && !$whole && $inode % $turns != $seq % $turns;
  } elsif (!$alone && ($pid eq 'self' || $pid == 1)) {
    # Opened before it is read, so no change falls between. Of these two alone: an open one keeps its namespace alive.
    sysopen my $file, $path, $quiet;
    $watch{$inode} = $file if fileno $file;
  }
  my $text = all($path, 33554432);
  if ($alone || $watch{$inode}) { $table{$inode} = $text }
  return $text;
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
    my $text = table_of($inode, $pid);
    next if !$whole && defined $text && defined $told_table{$inode} && $told_table{$inode} eq $text;
    if (!defined $text) { gap('mounts of mount namespaces', why(), why() eq 'permission denied' ? $mend : ''); next }
    if ($watch{$inode}) { $told_table{$inode} = $text }
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
our (@pinned, $pins_changed);
my $pins_told = '';
sub find_pins {
  my $text = table_of($self_mnt, 'self');
  $text = '' if !defined $text;
  return if $text eq $pins_told && !$whole;
  ($pins_told, $pins_changed) = ($text, 1);
  @pinned = ();
  while ($text =~ /^(.*) - nsfs /mg) {
    my ($root, $where) = (split / /, $1)[3, 4];
    push @pinned, [$1, $2, unmount_escape($where)] if $root =~ /^(\w+):\[(\d+)\]$/;
  }
}
# NS_GET_USERNS and NS_GET_PARENT, ioctl_nsfs(2): each answers with an open file of the namespace asked for; and
# NS_GET_OWNER_UID, which writes whose uid made a user namespace.
my ($get_owner, $get_parent, $get_uid) = (0xb701, 0xb702, 0xb704);
our %relation;    # "type inode" => "owner parent uid"
my $stat_room = "\0" x 256;
# By number where that is known: perl's own files ask ten system calls of each, and there are thousands.
sub open_inode {
  my ($path) = @_;
  if (defined $fstat) {
    my $file = syscall $open, -100, $path, $quiet, 0;
    return $file < 0 ? () : ($file, told_inode($file));
  }
  sysopen my $file, $path, $quiet or return;
  return ($file, (stat $file)[1]);
}
# The second word of struct stat is st_ino on every machine whose number of fstat(2) is known here.
sub told_inode { return syscall($fstat, $_[0], $stat_room) == 0 ? unpack 'x8 L!', $stat_room : 0 }
sub ask_nsfs {
  my ($file, $call) = @_;
  if (defined $fstat) {
    my $answer = syscall $ioctl, $file, $call, 0;
    return $answer < 0 ? () : ($answer, told_inode($answer));
  }
  my $fd = ioctl $file, $call, 0;
  return if !defined $fd;
  open my $answer, '<&=', $fd + 0 or return;
  return ($answer, (stat $answer)[1]);
}
sub ask_uid {
  my ($file) = @_;
  my $room = "\0" x 8;
  return if defined $fstat ? syscall($ioctl, $file, $get_uid, $room) < 0 : !defined ioctl($file, $get_uid, $room);
  return unpack 'L', $room;
}
sub let_go { syscall $close, $_[0] if defined $fstat && defined $_[0] }
sub read_relations {
  my %alive;
  my $failed = 0;
  for my $type (@all_links) {
    my $kind = $type =~ /^(\w+?)_for/ ? $1 : $type;
    for my $inode (keys %{$held_by{$type}}) {
      next if $alive{"$kind $inode"}++ || ancestors_alive("$kind $inode", \%alive);
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
    next if $alive{"$type $inode"}++ || ancestors_alive("$type $inode", \%alive);
    $failed++ if relate($type, $inode, $where, \%alive) eq 'denied';
  }
  for my $key (grep { !$alive{$_} } keys %relation) { delete $relation{$key}; drop("R $key") }
  gap('owners and parents of namespaces', 'permission denied', $mend, $failed) if $failed;
}
# Known already: it lives on, and so do its ancestors, of which some have no process and no pin.
sub ancestors_alive {
  my ($key, $alive) = @_;
  my $told = $relation{$key};
  return 0 if !defined $told;
  my ($type) = split / /, $key;
  while (defined $told && $told =~ /^\S+ (\d+) /) { last if $alive->{"$type $1"}++; $told = $relation{"$type $1"} }
  return 1;
}
sub relate {
  my ($type, $inode, $path, $alive) = @_;
  my ($file, $found) = open_inode($path);
  return $! == 2 || $! == 3 ? 'gone' : 'denied' if !defined $file;
  if ($found != $inode) { let_go($file); return 'gone' }
  while (1) {
    my ($owner_file, $owner) = ask_nsfs($file, $get_owner);
    let_go($owner_file);
    my ($parent_file, $parent);
    ($parent_file, $parent) = ask_nsfs($file, $get_parent) if $type eq 'pid' || $type eq 'user';
    my $uid = $type eq 'user' ? ask_uid($file) : undef;
    let_go($file);
    my $told = join ' ', map { defined $_ ? $_ : '-' } $owner, $parent, $uid;
    $relation{"$type $inode"} = $told;
    put("R $type $inode", $told);
    # The chain of parents leads to namespaces that have no process and no pin of their own.
    if (!defined $parent || $alive->{"$type $parent"}++) { let_go($parent_file); return 'told' }
    ($file, $inode) = ($parent_file, $parent);
  }
}
# Every namespace that the kernel lists as in use, whoever holds it: listns(2), number 470 everywhere, from Linux 6.19. It
# tells ids, which are never used twice; by its id alone each is opened (struct nsfs_file_handle, open_by_handle_at(2)) to
# learn its inode. Root of the first user and PID namespace is told all (may_see_all_namespaces in kernel/nstree.c); what
# another is told proves nothing.
my %flag = (time => 0x80, mnt => 0x20000, cgroup => 0x2000000, uts => 0x4000000, ipc => 0x8000000, user => 0x10000000, pid => 0x20000000, net => 0x40000000);
my (%inode_of_id, %listed);
sub list_ids {
  my ($flag) = @_;
  my ($last, $got, $ids) = (0, 8192, '');
  while ($got == 8192) {
    my $request = pack 'LLQLLQ', 32, 0, $last, $flag, 0, 0;    # struct ns_id_req
    $got = syscall 470, $request, $room, 8192, 0;
    last if $got < 0 && $! == 2;    # ENOENT: none follows
    return undef if $got < 0;
    $ids .= substr $room, 0, 8 * $got;
    $last = unpack 'Q', substr $ids, -8 if $got;
  }
  return $ids;
}
# undef: it cannot be known here.
sub list_spaces {
  return undef if !defined $by_handle || !$is_root || ($self_ns{user} || 0) != 4026531837 || ($self_ns{pid} || 0) != 4026531836;
  my ($able) = (one('/proc/self/status') || '') =~ /^CapEff:\s*([0-9a-f]+)/m;
  return undef if !defined $able || !(hex($able) & 1 << 21);    # CAP_SYS_ADMIN
  my %ids;
  for my $type (keys %flag) { return undef if !defined($ids{$type} = list_ids($flag{$type})) }
  return \%ids;
}
# Of those that were listed before the frame and still are: one that came or went meanwhile is missing nowhere.
sub read_listed {
  my ($before) = @_;
  my $after = defined $before ? list_spaces() : undef;
  my ($count, $refused, %was, %now, %id_now) = (0, 0);
  for my $type (defined $after ? keys %flag : ()) {
    $was{$_} = 1 for unpack 'Q*', $before->{$type};
    for my $id (grep { $was{$_} } unpack 'Q*', $after->{$type}) {
      my $inode = $inode_of_id{$id} ||= inode_of_id($id);
      next if $inode == -116 && delete $inode_of_id{$id};    # ESTALE: it has ended
      $count++;
      if ($inode < 0) { $refused++; delete $inode_of_id{$id}; next }
      $id_now{$id} = 1;
      $now{"K $type $inode"} = $id;
    }
  }
  delete @inode_of_id{grep { !$id_now{$_} } keys %inode_of_id};
  if (defined $after) { put('n listed', $count) } elsif (defined $last{'n listed'}) { drop('n listed') }
  put($_, $now{$_}) for sort keys %now;
  for my $key (grep { !defined $now{$_} } keys %listed) { drop($key) if defined $last{$key} }
  %listed = %now;
  gap('namespaces that the kernel lists', 'could not be opened', '', $refused) if $refused;
}
sub inode_of_id {
  my ($id) = @_;
  my $handle = pack 'LlQLL', 16, 0xf1, $id, 0, 0;    # FILEID_NSFS
  my $file = syscall $by_handle, -10003, $handle, 0x80000;    # FD_NSFS_ROOT, O_CLOEXEC
  return 0 - $! if $file < 0;
  my $inode = told_inode($file);
  syscall $close, $file;
  return $inode;
}
# Addresses of every network namespace but the node's copies: text of one member's /proc/PID/net.
our @quick_net = qw(fib_trie if_inet6 dev);
our @slow_net = qw(tcp tcp6 udp udp6);
our %net_reads;
our (%listening, $cut_tables);    # sockets by inode, for those who hold them to be found; tables that were not read to their end
my $net_turns = 32;    # addresses seldom change, but for a namespace's first moments
# Of a table of sockets those that listen: connections come and go, and are nobody's business here. TCP lists its listeners
# first (tcp_seq_start in net/ipv4/tcp_ipv4.c); of UDP what is bound and not connected. States: include/net/tcp_states.h.
sub listening {
  my ($name, $text) = @_;
  my ($udp, $said, $others) = (scalar $name =~ /^udp/, '', 0);
  my $cut = length $text > 1048576;
  for my $line (split /\n/, $text) {
    if ($line !~ /^(\s*\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F:]+ (\w\w) \S+ \S+ \S+\s+\d+\s+\d+\s+(\d+)) /) { next }
    if ($2 ne ($udp ? '07' : '0A')) { $others = 1; last if !$udp; next }
    $listening{$3} = 1;
    $said .= "$1\n";
  }
  $cut_tables++ if $cut && ($udp || !$others);
  return $said;
}
sub read_net {
  my ($deep) = @_;
  (%listening, $cut_tables) = () if $deep;
  my $spaces = $held_by{net} || {};
  for my $inode (sort { $a <=> $b } keys %$spaces) {
    my $key = "N $inode";
    next if ($net_reads{$inode} || 0) > 3 && !$deep && !$whole && $inode % $net_turns != $seq % $net_turns;
    my $pid = $spaces->{$inode};
    next if !chdir "/proc/$pid";
    my @said;
    for my $name (@quick_net, $deep ? @slow_net : ()) {
      my $text = list("net/$name");
      push @said, $name, enc($name =~ /^(?:tcp|udp)/ ? listening($name, $text) : $text) if defined $text;
    }
    next if inode_of(readlink('ns/net') || '') ne $inode;
    # What a quick frame did not read again stays as the deep one said it.
    if (!$deep && defined $last{$key}) { push @said, kept($last{$key}) }
    $net_reads{$inode}++;
    put($key, join ' ', $pid, @said);
  }
  chdir '/';
  return if !$spaces_changed && !$pins_changed && !$deep && $seq % $turns != 0;
  my %pin = map { $_->[1] => 1 } @pinned;
  for my $inode (grep { !defined $spaces->{$_} && !$pin{$_} } keys %net_reads) {
    delete $net_reads{$inode};
    drop("N $inode") if defined $last{"N $inode"};
  }
}
sub kept {
  my (undef, %had) = split / /, $_[0];
  return map { defined $had{$_} ? ($_, $had{$_}) : () } @slow_net;
}
