# Every group of every hierarchy. Names are taken from each folder, so a file that a kernel lacks is absent, not zero.
our (%files_of, %warm, %seen_group, %known_file, %leaf, %key_of);
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
# Files that never hold a sub-group's name: what the root of a hierarchy and a common group have besides the above.
my %hot = map { $_ => 1 } qw(cgroup.events cgroup.procs cpu.stat cpu.pressure memory.pressure io.pressure irq.pressure
  memory.current memory.swap.current memory.events io.stat pids.current cpuacct.usage memory.usage_in_bytes memory.failcnt
  freezer.state);

sub read_cgroups {
  my ($deep) = @_;
  %seen_group = ();
  my ($refused, $reason) = (0, '');
  for my $hierarchy (@hierarchies) {
    my ($name, $top) = @$hierarchy;
    my $want = $name eq 'v2' ? \%want_v2 : \%want_v1;
    my @todo = ('/');
    while (@todo) {
      my $path = pop @todo;
      my $key = $key_of{$name}{$path} ||= enc($name) . ' ' . enc($path);
      # A known leaf that is quiet and not due: its parent lists it still, and that is all there is to know.
      my $known = $id{group}{$key};
      if ($known && $leaf{$known} && !$whole && !$deep && !$warm{$known} && $known % $turns != $seq % $turns) {
        $seen_group{$key} = $known;
        next;
      }
      if (!chdir $top . $path) {
        next if $! == 2 || $! == 19;    # gone meanwhile: ENOENT, ENODEV
        $refused++; $reason = why();
        next;
      }
      my $number = $id{group}{$key} ||= ++$id{'next group'};
      $seen_group{$key} = $number;
      my $listed = list_group($name, $key, $path, $want, \@todo);
      put("C $number", $key);
      read_group($number, $key, $listed, $deep);
    }
  }
  chdir '/';
  gap('cgroups', $reason, $mend, $refused) if $refused;
  for my $key (keys %{$id{group}}) {
    next if $seen_group{$key};
    my $number = delete $id{group}{$key};
    drop("C $number");
    delete $last{$_} for map { "f $number $_" } @{$files_of{$key} || []}, 'memory.stat';
    delete $files_of{$key};
    delete $warm{$number};
    delete $leaf{$number};
  }
}
# Links of a cgroup folder are its sub-groups + 2 (kernfs), so a leaf that is known need not be listed again.
sub list_group {
  my ($hierarchy, $key, $path, $want, $todo) = @_;
  my $known = $files_of{$key};
  my $leaf = (stat '.')[3] == 2;
  $leaf{$id{group}{$key}} = $leaf;
  return $known if $known && $leaf && $id{group}{$key} % $turns != $seq % $turns && !$whole;
  my @mine;
  for my $name (names('.')) {
    if ($want->{$name} || $name =~ /^hugetlb\.\w+\.(?:max|current|events|limit_in_bytes|usage_in_bytes)$/) {
      push @mine, $name;
      next;
    }
    next if $leaf || $known_file{$name};
    my $below = $path eq '/' ? "/$name" : "$path/$name";
    my $had = $key_of{$hierarchy}{$below};
    if (($had && $id{group}{$had}) || -d $name) { push @$todo, $below }
    elsif ($path eq '/') { $known_file{$name} = 1 if !-d _ }
  }
  if ($known && !$whole) {
    my %still = map { $_ => 1 } @mine;
    for my $name (grep { !$still{$_} } @$known) {
      my $number = $id{group}{$key};
      drop("f $number $name") if defined $last{"f $number $name"};
    }
  }
  return $files_of{$key} = \@mine;
}
sub read_group {
  my ($number, $key, $names, $deep) = @_;
  my $turn = $whole || $deep || $number % $turns == $seq % $turns || !defined $warm{$number};
  return if !$turn && !$warm{$number};
  my @said;
  my $root = $key =~ m{ /\z};
  for my $name (@$names, $deep ? 'memory.stat' : ()) {
    # The root's members are whoever is in no other group; the list would be sent anew with every new process.
    next if (!$turn && !$hot{$name}) || ($root && $name eq 'cgroup.procs');
    my $text = $name eq 'cgroup.procs' || $name eq 'memory.stat' || $name eq 'devices.list' ? list($name) : one($name);
    # cgroup.procs of a threaded group answers EOPNOTSUPP; its members are threads.
    if (!defined $text && $name eq 'cgroup.procs') { $text = list($name = 'cgroup.threads') }
    next if !defined $text;
    chomp $text;
    my $said = "f $number $name";
    next if defined $last{$said} && $last{$said} eq $text;
    $last{$said} = $text;
    push @said, "$name " . enc($text);
  }
  say_record("f $number " . join ' ', @said) if @said;
  $warm{$number} = @said ? 3 : $warm{$number} ? $warm{$number} - 1 : 0;
}
