# The slow places: threads, open files, sysctls by entering, the kernel log, and the runtimes' own tools.
our %type_known = map { $_ => 1 } qw(cgroup ipc mnt net pid time user uts);
my $most = 20000;    # records of one kind; more are a gap

sub read_threads {
  my ($said, $refused) = (0, 0);
  for my $pid (sort { $a <=> $b } keys %threads_of) {
    next if $threads_of{$pid} < 2 || ($ns_of{$pid} eq 'denied' && ++$refused);
    my @own = split /,/, $ns_of{$pid}, -1;
    for my $tid (names("/proc/$pid/task")) {
      next if $tid eq $pid || !chdir "/proc/$pid/task/$tid";
      for my $at (0 .. $#all_links) {
        my $type = $all_links[$at];
        next if $type =~ /_for_/ || $own[$at] eq '';
        my $link = readlink "ns/$type";
        next if !defined $link;
        my $inode = inode_of($link);
        next if $inode eq $own[$at] || $said++ >= $most;
        say_record("t $pid $tid $type $inode");
      }
    }
  }
  chdir '/';
  gap('threads of processes', 'permission denied', $mend, $refused) if $refused;
  gap('threads in other namespaces', "more than $most", '', $said - $most) if $said > $most;
}
sub read_fds {
  my ($said, $refused, $holders) = (0, 0, 0);
  my @socket;
  for my $pid (sort { $a <=> $b } keys %born) {
    next if $ns_of{$pid} eq 'denied' && ++$refused;
    next if !chdir "/proc/$pid/fd";
    my %told;
    for my $fd (names('.')) {
      my $link = readlink $fd;
      if (defined $link && $link =~ /^socket:\[(\d+)\]\z/) {
        push @socket, [$pid, $fd, $1];
        say_record("l $pid $1") if $listening{$1} && !$told{$1}++ && $holders++ < $most;
      }
      next if !defined $link || $link !~ /^(\w+):\[(\d+)\]\z/ || !$type_known{$1};
      say_record("d $pid $fd $1 $2") if $said++ < $most;
    }
  }
  chdir '/';
  gap('open files of processes', 'permission denied', $mend, $refused) if $refused;
  gap('open files that hold namespaces', "more than $most", '', $said - $most) if $said > $most;
  gap('who listens in network namespaces', "more than $most", '', $holders - $most) if $holders > $most;
  gap('listening sockets of network namespaces', 'their table is longer than 1 MiB', '', $cut_tables) if $cut_tables;
  return gap('sockets of processes', 'permission denied', $mend) if !$is_root;
  return gap('sockets of processes', 'the number of pidfd_getfd(2) is not known for this machine', '') if !defined $open;
  # In a child: should a socket's owner close it while we have it, the last close, and its lingering, is ours.
  my $helper = start_helper(sub { alarm 20; read_sockets(@socket); return () });
  gap('sockets of processes', 'asking them took more than 20 s', '') if !$helper || !join_helper($helper, 22);
}
# A socket holds the network namespace that it was made in, wherever its process has gone since. pidfd_getfd(2) lends us a
# copy, of which nothing is read; SIOCGSKNS (linux/sockios.h) opens its namespace. Only those of other namespaces are said.
sub read_sockets {
  my (%space, %asked);
  my ($whose, $process, $said, $refused) = (0, -1, 0, 0);
  for my $one (@_) {
    my ($pid, $fd, $inode) = @$one;
    if (!defined $space{$inode}) {
      next if ($asked{$inode} ||= keys %asked) > $most;
      if ($whose != $pid) {
        syscall $close, $process if $process >= 0;
        ($whose, $process) = ($pid, syscall 434, $pid + 0, 0);    # pidfd_open
      }
      my $copy = $process < 0 ? -1 : syscall 438, $process, $fd + 0, 0;    # pidfd_getfd
      if ($copy < 0) {
        return gap('sockets of processes', 'the kernel is older than 5.6: it has no pidfd_getfd(2)', '') if $! == 38;
        $refused++ if $! == 1 || $! == 13;    # else it ended or closed it meanwhile
        next;
      }
      open my $socket, '<&=', $copy or next;
      my ($file, $found) = (stat $socket)[1] == $inode ? ask_nsfs(defined $fstat ? fileno $socket : $socket, 0x894c) : ();
      let_go($file);
      next if !defined $found;
      $space{$inode} = $found;
    }
    # Its own (net in @all_links), and the node's, which nobody can free: who has a stream from the journal holds that.
    next if $space{$inode} == $self_ns{net} || $space{$inode} == (split /,/, $ns_of{$pid}, -1)[3];
    say_record("k $pid $fd $space{$inode}") if $said++ < $most;
  }
  gap('sockets of processes', 'permission denied', $mend, $refused) if $refused;
  my $more = keys(%asked) - $most;
  gap('sockets of processes', "more than $most", '', $more) if $more > 0;
}

# setns(2) by its number: perl has no name for it. Another machine's is asked of nsenter, or is a gap.
my %setns = (x86_64 => 308, aarch64 => 268, riscv64 => 268, loongarch64 => 268, s390x => 339, ppc64le => 350, i686 => 346, armv7l => 375);
my %sysctls = (
  net => [qw(net/core/somaxconn net/ipv4/ip_forward net/ipv4/ip_local_port_range net/ipv4/ip_local_reserved_ports
    net/ipv4/ip_unprivileged_port_start net/ipv4/ip_nonlocal_bind net/ipv4/ping_group_range net/ipv4/tcp_syncookies
    net/ipv4/tcp_keepalive_time net/ipv4/tcp_keepalive_intvl net/ipv4/tcp_keepalive_probes net/ipv4/tcp_fin_timeout
    net/ipv4/tcp_tw_reuse net/ipv4/tcp_max_syn_backlog net/ipv4/tcp_rmem net/ipv4/tcp_wmem net/ipv4/conf/all/forwarding
    net/ipv4/conf/all/rp_filter net/ipv4/conf/all/route_localnet net/ipv6/conf/all/disable_ipv6
    net/ipv6/conf/all/forwarding net/ipv6/conf/all/accept_ra net/netfilter/nf_conntrack_max)],
  ipc => [qw(kernel/shmmax kernel/shmall kernel/shmmni kernel/shm_rmid_forced kernel/msgmax kernel/msgmnb kernel/msgmni
    kernel/sem fs/mqueue/queues_max fs/mqueue/msg_max fs/mqueue/msgsize_max fs/mqueue/msg_default
    fs/mqueue/msgsize_default)],
  uts => [qw(kernel/hostname kernel/domainname)],
);
sub read_sysctls {
  my ($type) = @_;
  my @said;
  for my $path (@{$sysctls{$type}}) {
    my $value = one("/proc/sys/$path");
    next if !defined $value;
    chomp $value;
    (my $name = $path) =~ tr{/}{.};
    push @said, $name, enc($value);
  }
  return join ' ', @said;
}
# /proc/sys shows the reader's own values, so one child enters each namespace in turn and says what it finds there.
sub read_inside {
  for my $type (qw(net ipc uts)) { my $said = read_sysctls($type); say_record("S $type 0 0 $said") if $said ne '' }
  if (!$is_root) {
    say_record($_) for grep { !/^more / } wires($self_ns{net}, undef, $self_ns{net});
    gap('interfaces and routes of network namespaces', 'permission denied', $mend);
    return gap('sysctls of namespaces', 'permission denied', $mend);
  }
  my $number = $setns{(split ' ', `uname -m` || '')[0] || ''};
  if (!$number) { gap('sysctls of namespaces', 'no setns(2) number is known for this machine', ''); return }
  my @where;
  for my $type (qw(net ipc uts)) {
    for my $inode (keys %{$held_by{$type}}) {
      push @where, [$type, $inode, "/proc/$held_by{$type}{$inode}/ns/$type", $held_by{$type}{$inode}] if $inode != $self_ns{$type};
    }
  }
  push @where, map { [$_->[0], $_->[1], $_->[2], 0] } grep { !defined $held_by{$_->[0]}{$_->[1]} && $sysctls{$_->[0]} } @pinned;
  # The reader's own too: rtnl_lock may be somebody's for long, and this is a child with a deadline.
  sysopen my $own, '/proc/self/ns/net', $quiet;
  unshift @where, ['net', $self_ns{net}, '/proc/self/ns/net', 0];
  inside($number, \@where, sub {
    my ($type, $inode, undef, $pid) = @{$_[0]};
    my @said = $inode == $self_ns{net} ? () : ("S $type $inode $pid " . read_sysctls($type));
    push @said, wires($inode, fileno $own, $self_ns{net}) if $type eq 'net';
    return join "\n", @said;
  }, 'sysctls of namespaces');
}
# Runs a reader in each namespace, in a child that never comes back to ours; 20 s for all of them. Where several places lead to
# one, the first that can be entered.
sub inside {
  my ($number, $where, $reader, $what) = @_;
  return if !@$where;
  pipe my $from, my $into or return;
  my $child = fork;
  return if !defined $child;
  if (!$child) {
    alarm 20;
    close $from;
    my (%read, %lost);
    for my $place (@$where) {
      my $space = "$place->[0] $place->[1]";
      next if $read{$space};
      my $entered = sysopen my $file, $place->[2], $quiet;
      $entered &&= (stat $file)[1] == $place->[1] && syscall($number, fileno $file, 0) == 0;
      if (!$entered) { $lost{$space} = 1 if $! != 2 && $! != 3; next }
      $read{$space} = 1;
      delete $lost{$space};
      my $said = $reader->($place) . "\n";
      for (my $at = 0; $at < length $said;) { my $sent = syswrite $into, $said, length($said) - $at, $at; last if !$sent; $at += $sent }
    }
    syswrite $into, 'lost ' . keys(%lost) . ' ' . ($cut_tables || 0) . "\n";
    exec 'true';    # no END block, no destructor of the parent's
    exit 0;
  }
  close $into;
  my $ended = 0;
  my $told = collect($from, $child, 22);
  for my $line (split /\n/, defined $told ? $told : '') {
    if ($line =~ /^lost (\d+) (\d+)$/) { $ended = 1; $cut_tables = $2; gap($what, 'could not be entered', '', $1) if $1; last }
    next if $line eq '';
    if ($line =~ /^more (\d+)$/) { gap('interfaces and routes of network namespaces', 'more than 4000 in one: the rest was left out', '', $1); next }
    my ($key, $rest) = $line =~ /^(N \d+) (.*)/ ? ($1, $2) : ();
    if (!defined $key) { say_record($line); next }
    put($key, $rest);
    $net_reads{substr $key, 2} ||= 1;
    my (undef, %files) = split / /, $rest;
    for my $text (grep { defined } @files{@slow_net}) { $listening{$1} = 1 while unenc($text) =~ /(\d+)$/mg }
  }
  gap($what, 'entering them took more than 20 s', '') if !$ended;
}
# A network namespace that only a pin holds has addresses too: entered, its own /proc/self/net tells them.
sub read_pinned_net {
  my @where = grep { $_->[0] eq 'net' && !defined $held_by{net}{$_->[1]} } @pinned;
  return if !@where;
  return gap('addresses of pinned network namespaces', 'permission denied', $mend, scalar @where) if !$is_root;
  my $number = $setns{(split ' ', `uname -m` || '')[0] || ''};
  return if !$number;
  inside($number, [map { [$_->[0], $_->[1], $_->[2], 0] } @where], sub {
    my @said;
    for my $name (@quick_net, @slow_net) {
      my $text = all("/proc/self/net/$name");
      push @said, $name, enc($name =~ /^(?:tcp|udp)/ ? listening($name, $text) : $text) if defined $text;
    }
    return join ' ', "N $_[0][1]", 0, @said;
  }, 'addresses of pinned network namespaces');
}

# A program that took too long is left alone for a while.
my %slow_until;
sub run {
  my ($seconds, @command) = @_;
  return undef if ($slow_until{$command[0]} || 0) > clock();
  pipe my $from, my $into or return undef;
  my $child = fork;
  return undef if !defined $child;
  if (!$child) {
    open STDOUT, '>&', $into;
    open STDERR, '>', '/dev/null';
    open STDIN, '<', '/dev/null';
    chdir '/';
    exec { $command[0] } @command;
    kill KILL => $$;
  }
  close $into;
  $mine{$child} = 1;
  my $text = collect($from, $child, $seconds, 8388608);
  $slow_until{$command[0]} = clock() + 600 if !defined $text;
  return defined $text && $? == 0 ? $text : undef;
}
sub have { for my $folder (split /:/, $ENV{PATH}) { return "$folder/$_[0]" if $folder =~ m{^/} && -x "$folder/$_[0]" && -f _ } return undef }

# Where programs are; a folder of PATH may be on a mount that does not answer.
our %program_at;
sub find_programs {
  my @name = @_;
  my ($silent) = ask(scalar @name, sub { return have($name[$_[0]]) }, sub { $program_at{$name[$_[0]]} = $_[1] });
  delete $program_at{$name[$_]} for keys %$silent;
  gap('programs of the node', 'a folder of PATH does not answer: it may be on a mount whose server is gone', 'unmount it, or mend its server') if %$silent;
}
sub read_kernel_log {
  return gap('the kernel log', 'not an ordinary user\'s to read', $mend) if !$is_root;
  my $tool = $program_at{dmesg};
  my $text = $tool ? run(5, $tool) : undef;
  return gap('the kernel log', 'dmesg gave nothing', '') if !defined $text;
  my @line = grep { /oom-kill:|Out of memory|out of memory|Killed process|oom_reaper/ } split /\n/, $text;
  @line = @line[-200 .. -1] if @line > 200;
  say_record('o ' . enc($_)) for @line;
}

# Names that no text file has (podman keeps them in a database), and versions.
my ($asked_for, $asked_since) = ('', 0);
my %version_of = (dockerd => 'docker', containerd => 'containerd', crio => 'cri-o', podman => 'podman', 'lxc-start' => 'lxc', kubelet => 'kubelet', runc => 'runc', crun => 'crun');
sub read_tools {
  my %running;
  for my $pid (keys %args_of) { $running{$comm_of{$pid}} = $pid if distrust($pid) =~ /^(?:|elsewhere)$/ }
  my %root_of;    # podman's storage: from the monitors' exit command
  for my $pid (grep { $comm_of{$_} eq 'conmon' && trusted($_) } keys %args_of) {
    my @args = split /\0/, $args_of{$pid};
    my @exit;
    for my $at (0 .. $#args - 1) { push @exit, $args[$at + 1] if $args[$at] eq '--exit-command-arg' }
    my @global;
    for my $at (0 .. $#exit - 1) {
      last if $exit[$at] eq 'container';
      push @global, $exit[$at], $exit[$at + 1] if $exit[$at] =~ /^--(?:root|runroot|tmpdir|storage-driver|cgroup-manager|runtime|db-backend|volumepath|network-config-dir)$/;
    }
    $root_of{join "\0", @global} = 1 if "@args" =~ /podman/;
  }
  my $podman = $program_at{podman};
  # Names do not change while the monitors are the same; a pod without a container is seen when its turn comes.
  my $monitors = join ' ', sort grep { $comm_of{$_} eq 'conmon' } keys %args_of;
  if ($podman && ($monitors ne $asked_for || $asked_since++ >= 20 || !defined $last{'T podman-pods'})) {
    ($asked_for, $asked_since) = ($monitors, 0);
    my $at = 0;
    for my $global (sort keys %root_of ? sort keys %root_of : '') {
      my @global = split /\0/, $global;
      tool('podman-pods' . ($at ? "-$at" : ''), 8, $podman, @global, qw(pod ps --format json));
      my $all = tool('podman-containers' . ($at ? "-$at" : ''), 8, $podman, @global, qw(ps --all --format json));
      # How often each was started again: older ones list it nowhere, and tell it of each (libpod/define/container_inspect.go).
      my @id = defined $all && $all !~ /"Restarts"/ ? $all =~ /^\s*"Id": "([0-9a-f]{64})"/mg : ();
      tool('podman-restarts' . ($at ? "-$at" : ''), 8, $podman, @global, 'container', 'inspect', '--format', '{{.Id}} {{.RestartCount}}', @id) if @id && @id <= 1000;
      last if ++$at > 3;
    }
  }
  for my $name (sort keys %version_of) {
    next if defined $last{"n v.$version_of{$name}"};
    my $path = $program_at{$name};
    next if !$path || !($running{$name} || $name =~ /^(?:podman|runc|crun)$/);
    my $text = run(5, $path, '--version');
    put("n v.$version_of{$name}", enc((split /\n/, $text)[0])) if defined $text && $text ne '';
  }
}
sub tool {
  my ($name, $seconds, @command) = @_;
  my $text = run($seconds, @command);
  if (defined $text) { put("T $name", enc($text)) }
  else { gap("what $name says", "it failed or took more than $seconds s", '') }
  return $text;
}
sub read_deep {
  read_threads();
  read_fds();
  read_inside();
  find_programs('dmesg', sort keys %version_of);
  read_kernel_log();
  if ($is_root) { read_tools() }
  elsif ($program_at{podman}) { gap("what the runtimes' own tools say", 'they are asked as root only', $mend) }
  $told{deep} = 1;
}
