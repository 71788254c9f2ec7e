# Every group of every hierarchy. Names are taken from each folder, so a file that a kernel lacks is absent, not zero.
our (%files_of, %warm, %seen_group, %links, %below, %key_of);
# Groups of one class have the same files: see class_of.
our (%class_files, %class_names);
# Whoever writes to a file of a group tells it by inotify(7), as the kernel does on v2 where it counts a kill or a freeze
# (kernfs_notify in fs/kernfs/file.c): it is read at once, whosever turn it is. Where no more watches are given, in its turn.
our ($watches, %watch_of, %watched, %touched);
my $most_watches = 8192;
our $full_turns = 16;    # all files of a group that looks unchanged; what moves in it comes in its turn of $turns
my @v2 = qw(cgroup.type cgroup.controllers cgroup.subtree_control cgroup.events cgroup.freeze cgroup.procs cgroup.stat
  cgroup.pressure cpu.stat cpu.weight cpu.max cpu.max.burst cpu.idle cpu.pressure irq.pressure io.pressure memory.pressure cpuset.cpus cpuset.cpus.effective cpuset.mems
  cpuset.mems.effective cpuset.cpus.partition memory.current memory.peak memory.min memory.low memory.high memory.max
  memory.oom.group memory.events memory.events.local memory.swap.current memory.swap.max memory.swap.high memory.swap.events
  memory.zswap.current memory.zswap.max io.stat io.max io.weight io.bfq.weight io.latency pids.current pids.max pids.peak
  pids.events);
my @v1 = qw(cgroup.procs cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpu.cfs_burst_us cpu.idle cpu.stat cpuacct.usage
  cpuacct.stat cpuset.cpus cpuset.mems cpuset.effective_cpus cpuset.effective_mems cpuset.cpu_exclusive
  memory.limit_in_bytes memory.usage_in_bytes memory.max_usage_in_bytes memory.soft_limit_in_bytes memory.failcnt
  memory.memsw.limit_in_bytes memory.memsw.usage_in_bytes memory.kmem.usage_in_bytes memory.oom_control
  memory.use_hierarchy memory.swappiness freezer.state freezer.self_freezing freezer.parent_freezing pids.current pids.max
  pids.events blkio.weight blkio.bfq.weight blkio.throttle.read_bps_device blkio.throttle.write_bps_device
  blkio.throttle.read_iops_device blkio.throttle.write_iops_device blkio.throttle.io_service_bytes devices.list
  net_cls.classid);
my %want_v2 = map { $_ => 1 } @v2;
my %want_v1 = map { $_ => 1 } @v1;
# What moves by itself.
my %hot = map { $_ => 1 } qw(cgroup.events cgroup.procs cpu.stat cpu.pressure memory.pressure io.pressure irq.pressure
  memory.current memory.swap.current memory.events io.stat pids.current cpuacct.usage memory.usage_in_bytes memory.failcnt
  memory.events.local memory.oom_control freezer.state);

sub read_cgroups {
  my ($deep) = @_;
  %seen_group = ();
  hear_watches();
  my ($refused, $reason) = (0, '');
  for my $hierarchy (@hierarchies) {
    my ($name, $top) = @$hierarchy;
    my $want = $name eq 'v2' ? \%want_v2 : \%want_v1;
    my @todo = ('/');
    while (@todo) {
      my $path = pop @todo;
      my $key = $key_of{$name}{$path} ||= enc($name) . ' ' . enc($path);
      # Known, quiet and not due: its parent lists it still, and as long as it has as many links it has the same groups
      # below. (One that came in another's place meanwhile has a process whose group is new, or waits for its turn.)
      my $known = $id{group}{$key};
      if ($known && !$whole && !$deep && !$new_groups && !$warm{$known} && !$touched{$known} && $known % $turns != $seq % $turns) {
        if ($links{$known} == 2 || ((stat $top . $path)[3] || 0) == $links{$known}) {
          $seen_group{$key} = $known;
          push @todo, @{$below{$known}} if $below{$known};
          next;
        }
      }
      if (!chdir $top . $path) {
        next if $! == 2 || $! == 19;    # gone meanwhile: ENOENT, ENODEV
        $refused++; $reason = why();
        next;
      }
      my $number = $id{group}{$key} ||= ++$id{'next group'};
      $seen_group{$key} = $number;
      my $listed = list_group($name, $key, $path, $want);
      push @todo, @{$below{$number}} if $below{$number};
      put("C $number", $key);
      read_group($number, $key, $listed, $deep);
    }
  }
  chdir '/';
  $new_groups = 0;
  gap('cgroups', $reason, $mend, $refused) if $refused;
  for my $key (keys %{$id{group}}) {
    next if $seen_group{$key};
    my $number = delete $id{group}{$key};
    drop("C $number");
    delete $last{$_} for map { "f $number $_" } @{$files_of{$key} || []}, 'memory.stat';
    delete $files_of{$key};
    delete $warm{$number};
    delete $links{$number};
    if (defined(my $watch = delete $watch_of{$number})) { syscall $remove_watch, $watches, $watch; delete $watched{$watch} }
    delete $below{$number};
  }
}
# Which files a group has is decided by the kernel: on v1 by the hierarchy, on v2 by the controllers that are there, the
# type and whether pressure is kept (cgroup-v2.rst); and a root has its own. So one listing tells for all of a class.
sub class_of {
  my ($hierarchy, $path) = @_;
  return "$hierarchy /" if $path eq '/';
  return $hierarchy if $hierarchy ne 'v2';
  return join ' ', 'v2', map { defined $_ ? $_ : '-' } map { one($_) } qw(cgroup.controllers cgroup.type cgroup.pressure);
}
# Links of a cgroup folder are its sub-groups + 2 (kernfs), so a leaf of a known class need not be listed.
sub list_group {
  my ($hierarchy, $key, $path, $want) = @_;
  my $known = $files_of{$key};
  my $number = $id{group}{$key};
  my $links = (stat '.')[3] || 0;
  my $leaf = $links == 2;
  $links{$number} = $links;
  if ($leaf) { delete $below{$number} }
  return $known if $known && $leaf && !$whole && $number % $full_turns != $seq % $full_turns;
  my $class = class_of($hierarchy, $path);
  my $mine = $class_files{$class};
  if (!$mine || !$leaf) {
    my $name_known = $class_names{$class} ||= {};
    my (@mine, @below);
    for my $name (names('.')) {
      my $file = $name_known->{$name};
      if (!defined $file) {
        my $below = $path eq '/' ? "/$name" : "$path/$name";
        my $had = $key_of{$hierarchy}{$below};
        if (($had && $id{group}{$had}) || -d $name) { push @below, $below; next }
        $file = $name_known->{$name} = $want->{$name} || $name =~ /^hugetlb\.\w+\.(?:max|current|events|limit_in_bytes|usage_in_bytes)$/ ? 1 : 0;
      }
      push @mine, $name if $file && !$mine;
    }
    $mine ||= $class_files{$class} = \@mine;
    $below{$number} = \@below if @below;
  }
  if ($known && $known != $mine && !$whole) {
    my %still = map { $_ => 1 } @$mine;
    for my $name (grep { !$still{$_} } @$known) { drop("f $number $name") if defined delete $last{"f $number $name"} }
  }
  return $files_of{$key} = $mine;
}
sub read_group {
  my ($number, $key, $names, $deep) = @_;
  my $touched = $touched{$number} || '';
  my $all = $whole || $deep || $touched eq 'settings' || $number % $full_turns == $seq % $full_turns || !defined $warm{$number};
  watch_group($number) if !defined $warm{$number};
  return if !$all && !$touched && !$warm{$number} && $number % $turns != $seq % $turns;
  my @said;
  my $root = $key =~ m{ /\z};
  for my $name (@$names, $deep ? 'memory.stat' : ()) {
    # The root's members are whoever is in no other group; the list would be sent anew with every new process.
    next if (!$all && !$hot{$name}) || ($root && $name eq 'cgroup.procs');
    my $text = $name eq 'cgroup.procs' || $name eq 'memory.stat' || $name eq 'devices.list' ? list($name) : one($name);
    # cgroup.procs of a threaded group answers EOPNOTSUPP; its members are threads.
    if (!defined $text && $name eq 'cgroup.procs') { $text = list($name = 'cgroup.threads') }
    next if !defined $text;
    chomp $text;
    my $said = "f $number $name";
    my $before = $last{$said};
    next if defined $before && $before eq $text;
    $last{$said} = $text if !$alone;
    if ($name eq 'cgroup.procs' && defined $before) { see_moved($before, $text) }
    push @said, "$name " . enc($text);
  }
  say_record("f $number " . join ' ', @said) if @said;
  $warm{$number} = @said ? 3 : $warm{$number} ? $warm{$number} - 1 : 0;
}
# Who came into a group is looked at in the next frame, in whatever turn it is: so a move shows from both sides at once.
sub see_moved {
  my ($before, $now) = @_;
  my %had = map { $_ => 1 } split /\n/, $before;
  for my $pid (grep { !$had{$_} } split /\n/, $now) { delete $raw_of{$pid} }
}
# From inside its folder, before its files are read: what is written from now on is told.
sub watch_group {
  my ($number) = @_;
  return if $alone || !defined $add_watch || keys %watched >= $most_watches;
  $watches = syscall $inotify, $quiet if !defined $watches;    # IN_NONBLOCK and IN_CLOEXEC are the same bits
  my $here = '.';
  my $watch = $watches < 0 ? -1 : syscall $add_watch, $watches, $here, 0x1000002;    # IN_ONLYDIR, IN_MODIFY
  ($watch_of{$number}, $watched{$watch}) = ($watch, $number) if $watch >= 0;
}
# At most what the kernel keeps for us at once (max_queued_events).
sub hear_watches {
  %touched = ();
  return if !defined $watches || $watches < 0;
  for (1 .. 16) {
    my $got = syscall $read, $watches, $room, 65536;
    last if $got <= 0;
    for (my ($at, $length) = (0, 0); $at < $got; $at += 16 + $length) {
      (my ($watch, undef, undef), $length) = unpack 'l L3', substr $room, $at, 16;
      my $number = $watched{$watch};
      next if !defined $number;
      my $name = unpack 'Z*', substr $room, $at + 16, $length;
      $touched{$number} = $hot{$name} ? $touched{$number} || 'what moves' : 'settings';
    }
  }
}
