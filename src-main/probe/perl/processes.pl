# Every process: one chdir into /proc/PID, then relative reads. After the exit they give ESRCH or ENOENT, never the data
# of a stranger who got the same pid.
our (%born, %raw_of, %cwd_of, %in_set, $spaces_changed, $holders_changed, $new_groups, %first_in, %comm_of, %uid_of, %args_of, %ns_of, %threads_of, %stat_of, $kthread_set, $kthread_mnt);
our (%set_of, %lacking, %stuck, @unsaid);
our $turns = 8;    # a group that looks unchanged is read again every so many ticks
our $process_turns = 32;    # and a process, which each deep frame reads too
our $longest_args = 16384;
our $small = qr/^(?:pause|catatonit|conmon|containerd-shim|podglass-pause|docker-containerd-shim)/;
our $monitor = qr/^(?:conmon|containerd-shim|docker-containerd|dockerd|containerd|crio|kubelet|podman|lxc-start)/;

# $next gives the pids of one share after another; two readers may have one dealer.
sub read_processes {
  my ($deep, $next) = @_;
  my (@seen, @fresh);
  my $tasks = 0;
  while (my $share = $next->()) { for my $pid (@$share) {
    # What is known and not due costs one file; whatever is read beyond that is read from inside its folder.
    my $before = $raw_of{$pid};
    my $glance = defined $before && !$whole && !$deep && $pid % $process_turns != $seq % $process_turns;
    my $stat;
    if ($glance) {
      my $path = "/proc/$pid/stat";
      if (defined $open) {    # one() written out: of all that a tick does this is the most
        my $file = syscall $open, -100, $path, $quiet, 0;
        next if $file < 0;
        my $got = syscall $read, $file, $room, 65536;
        syscall $close, $file;
        next if $got <= 0;
        $stat = substr $room, 0, $got;
      } else { $stat = one($path) }
      next if !defined $stat;
      # Not a letter differs: it has not run since, and it is the same process, whose start is among them.
      if ($stat eq $before) {
        push @seen, $pid;
        $tasks += $threads_of{$pid} if $hidden_by ne '';
        next;
      }
    } else {
      next if !chdir "/proc/$pid";
      $stat = one('stat');
      next if !defined $stat;
    }
    # The comm may hold anything, also ") S 1 (": the last ")" ends it.
    my $close = rindex $stat, ')';
    my $comm = substr $stat, index($stat, '(') + 1;
    $comm = substr $comm, 0, $close - index($stat, '(') - 1;
    # state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime prio nice threads itreal start vsize rss
    my @field = split ' ', substr($stat, $close + 2), 23;
    my ($state, $ppid, $flags, $start, $rss) = @field[0, 1, 6, 19, 21];
    if ($mine{$pid} || $mine{$ppid}) { $mine{$pid} = 1; next }
    push @seen, $pid;
    $tasks += $field[17];
    $threads_of{$pid} = $field[17];
    my $same = defined $born{$pid} && $born{$pid} == $start;
    forget($pid) if !$same && defined $born{$pid};
    my $look = "$comm $ppid " . ($state !~ /[ZX]/ ? '' : $field[17] > 1 ? 'leads' : 'ended');
    if (!$same || $whole || $deep || $stat_of{$pid} ne $look || !$glance) {
      if ($glance && !still_there($pid, $start)) { pop @seen; next }
      $born{$pid} = $start;
      $stat_of{$pid} = $look;
      if (!read_process($pid, $start, $ppid, $state, $comm, $flags, $rss, $field[17], $deep)) { forget($pid); pop @seen; next }
      push @fresh, $pid if !$same;
      say_arguments() if @unsaid >= 400;
    } else {
      my $rest = $last{"m $pid"};
      my $several = $field[17] > 1 ? $field[17] : '-';
      $rest =~ s/^\S+ \S+ (.*) \S+$/$state $rss $1 $several/;
      put("m $pid", $rest);
    }
    $raw_of{$pid} = $stat if !$alone;
  } }
  say_arguments();
  chdir '/';
  if (@seen != keys %born) {
    my %seen = map { $_ => 1 } @seen;
    $seen{$_} or forget($_) for keys %born;
  }
  gap('namespaces of processes', 'permission denied', $mend, scalar keys %{$in_set{denied}}) if $in_set{denied};
  my ($args, $memory, $unasked) = map { scalar keys %{$lacking{$_}} } qw(args memory unasked);
  for my $pid (sort { $a <=> $b } keys %stuck) {
    gap('command lines of processes', "pid $pid does not answer: whoever holds the lock of its memory map waits for something, and ps and top hang on it too", 'find what its threads in state D wait for: cat /proc/PID/task/*/stack');
  }
  gap('command lines of processes', "not asked, since $most_stuck others do not answer", 'read again', $unasked) if $unasked;
  gap('command lines of processes', 'longer than 16 KiB: the rest was left out', '', $args) if $args;
  gap('memory shares of pause processes and monitors', 'permission denied', $mend, $memory) if $memory;
  $seen_tasks += $tasks;
  return @fresh;
}
sub still_there {
  my ($pid, $start) = @_;
  return 0 if !chdir "/proc/$pid";
  my $stat = one('stat');
  return defined $stat && (split ' ', substr $stat, rindex($stat, ')') + 2)[19] == $start;
}
sub forget {
  my ($pid) = @_;
  for my $kind (qw(m w r s p)) { drop("$kind $pid") if defined $last{"$kind $pid"} }
  leave_set($pid);
  delete $_->{$pid} for values %lacking, \%stuck, \%born, \%raw_of, \%cwd_of, \%comm_of, \%uid_of, \%args_of, \%ns_of, \%threads_of, \%stat_of;
}
# Who is in which set of namespaces, and a first one of each: processes are many, sets are few.
sub leave_set {
  my ($pid) = @_;
  my $set = $ns_of{$pid};
  return if !defined $set || !delete $in_set{$set}{$pid};
  if (!%{$in_set{$set}}) { delete $in_set{$set}; $spaces_changed = 1 }
  if (defined $first_in{$set} && $first_in{$set} == $pid) { delete $first_in{$set}; $holders_changed = 1 }
}
sub enter_set {
  my ($pid, $set) = @_;
  if (!defined $ns_of{$pid} || $ns_of{$pid} ne $set) {
    leave_set($pid);
    $spaces_changed = $holders_changed = 1 if !$in_set{$set};
    $ns_of{$pid} = $set;
  }
  $in_set{$set}{$pid} = 1;
}
sub read_process {
  my ($pid, $start, $ppid, $state, $comm, $flags, $rss, $threads, $deep) = @_;
  # The first thread may end before the others (pthread_exit in main): the process lives, and what it is in only they say.
  my $living = $state eq 'Z' && $threads > 1 ? enter_thread($pid) : undef;
  $rss = $living if defined $living;
  my $status = one('status');
  return 0 if !defined $status;
  my $kernel = $flags & 0x200000;    # PF_KTHREAD
  my $uid = $status =~ /\nUid:\t\d+\t(\d+)/ ? $1 : 0;
  my $nspid = '-';
  if ((defined $living ? one("/proc/$pid/status") || '' : $status) =~ /\nNSpid:\t([\d\t]+)/) { ($nspid = $1) =~ tr/\t/,/ }
  my ($pte, $swap) = $kernel ? (0, 0) : $status =~ /\nVmPTE:\s+(\d+) kB\nVmSwap:\s+(\d+)/ ? ($1, $2) : (0, 0);
  my $group = one('cgroup');
  return 0 if !defined $group;
  delete $_->{$pid} for values %lacking;
  my $adjust = one('oom_score_adj');
  $adjust = '-' if !defined $adjust;
  chomp($group, $adjust);
  # The kernel's badness is a slow place: what a deep frame said of it stays.
  my $score = $deep ? one('oom_score') : ($last{"m $pid"} || '') =~ /(\d+) \S+$/ ? $1 : '-';
  $score = '-' if !defined $score;
  chomp $score;
  my $file = $kernel || ($state eq 'Z' && !defined $living) || defined $stuck{$pid} ? undef : open_file('cmdline');
  my $set = read_links($pid, $kernel, $state);
  $new_groups = 1 if !defined $id{g}{$group};    # groups are looked for at once
  my $groups = intern('g', $group);
  my $spaces = $set eq 'denied' ? '-' : intern('x', $set);
  enter_set($pid, $set);
  $comm_of{$pid} = $comm;
  $uid_of{$pid} = $uid;
  my $main = "$start $ppid $uid $adjust $groups $spaces $nspid " . enc($comm);
  put("m $pid", "$state $rss $pte $swap $score " . ($threads > 1 ? $threads : '-'));
  if (!$kernel && $set ne 'denied') {
    # Fields of status that a kernel built without them leaves out: then nothing is said.
    my ($caps, $bounds, $privs, $filter) = $status =~ /\nCapEff:\t([0-9a-f]+)\nCapBnd:\t([0-9a-f]+)\n(?:.*\n)*?NoNewPrivs:\t(\d)\nSeccomp:\t(\d)/;
    put("s $pid", join ' ', $filter, $privs, $caps, $bounds, label_of(), maps_of((split /,/, $set, -1)[8])) if defined $filter;
  } elsif (defined $last{"s $pid"}) { drop("s $pid") }
  my $roll;
  if ($comm =~ $small && !$kernel) {
    chdir '..';    # back from ns
    my $cwd = readlink 'cwd';
    if (defined $cwd) { put("w $pid", enc($cwd)); $cwd_of{$pid} = $cwd }
    $roll = 1 if !defined $stuck{$pid};
  }
  if (defined $file || $roll) { push @unsaid, [$pid, $start, $main, $file, $roll] }
  else { say_process($pid, $main, defined $stuck{$pid} ? undef : '') }
  return 1;
}
# From inside ns. Without a security module that gives labels every read is EINVAL: one is enough (proc_pid_attr_read in
# fs/proc/base.c).
sub label_of {
  return '-' if $id{'no labels'};
  my $label = one('../attr/current');
  if (!defined $label) { $id{'no labels'} = 1 if $! == 22; return '-' }
  $label =~ s/[\n\0]+\z//;
  return $label eq '' ? '-' : $label eq '-' ? '\055' : enc($label);
}
# The maps are the namespace's, and are written once; before that they are empty (user_namespaces(7)).
sub maps_of {
  my ($user) = @_;
  return @{$id{maps}{$user}} if $id{maps}{$user};
  my @map = map { one("../$_") } qw(uid_map gid_map);
  return ('-', '-') if grep { !defined $_ } @map;
  for (@map) { s/^ +//mg; s/ +/ /g; s/\n\z// }
  my @number = map { $_ eq '' ? '-' : intern('u', $_) } @map;
  $id{maps}{$user} = \@number if !grep { $_ eq '-' } @number;
  return @number;
}
# Into the folder of a thread that lives; gives its pages in memory (those of the first thread are gone).
sub enter_thread {
  my ($pid) = @_;
  for my $tid (sort { $a <=> $b } grep { $_ ne $pid } names('task')) {
    my $stat = one("task/$tid/stat");
    next if !defined $stat;
    my @field = split ' ', substr $stat, rindex($stat, ')') + 2;
    return $field[21] if $field[0] !~ /[ZX]/ && chdir "task/$tid";
  }
  return undef;
}
sub say_process {
  my ($pid, $main, $args) = @_;
  return put("p $pid", "$main \\e 1") if !defined $args;
  if (length $args > $longest_args) {
    $args = substr $args, 0, $longest_args;
    $lacking{args}{$pid} = 1;
  }
  if ($comm_of{$pid} =~ $monitor) { $args_of{$pid} = $args } else { delete $args_of{$pid} }
  put("p $pid", "$main " . enc($args));
}
# Arguments and memory shares may never answer. Files that were opened before belong to that process, whoever has its pid
# by now; opening smaps_rollup may wait too (mm_access), so the child does it, and looks first who is there.
sub say_arguments {
  my @asked = splice @unsaid;
  return if !@asked;
  my ($silent, $unasked) = ask(scalar @asked, sub {
    my ($pid, $start, undef, $file, $roll) = @{$asked[$_[0]]};
    my $args = defined $file ? read_file($file, $longest_args + 1) : undef;
    $args = '' if !defined $args;
    my $said = '';
    if ($roll && still_there($pid, $start)) {
      my $text = one('smaps_rollup');
      $said = defined $text ? $text : why();
    }
    return length($args) . " $args$said";
  }, sub {
    my ($at, $text) = @_;
    my ($pid, undef, $main, undef, $roll) = @{$asked[$at]};
    my ($size) = split / /, $text, 2;
    say_process($pid, $main, substr $text, 1 + length $size, $size);
    my $said = substr $text, 1 + length($size) + $size;
    return if !$roll || $said eq '';
    return $lacking{memory}{$pid} = 1 if $said eq 'permission denied';
    my %kb = $said =~ /^(\w+):\s+(\d+) kB/mg;
    return if !%kb;
    put("r $pid", join ' ', $kb{Rss} || 0, $kb{Pss} || 0, ($kb{Private_Clean} || 0) + ($kb{Private_Dirty} || 0), $kb{Swap} || 0);
  });
  close_file($_->[3]) for grep { defined $_->[3] } @asked;
  for my $at (keys %$silent) { $stuck{$asked[$at][0]} = $asked[$at][1] }
  for my $at (@$unasked) { $lacking{unasked}{$asked[$at][0]} = 1 }
  say_process($asked[$_][0], $asked[$_][2], undef) for keys %$silent;
  say_process($asked[$_][0], $asked[$_][2], '') for @$unasked;
}
# A zombie has no links but pid and user (ENOENT); without rights every one says EACCES, so the first is enough.
sub read_links {
  my ($pid, $kernel, $state) = @_;
  # Kernel threads stay where kthreadd is, but for the mounts of some: kdevtmpfs unshares them (drivers/base/devtmpfs.c).
  return $kthread_set if $kernel && defined $kthread_set && (readlink 'ns/mnt' // '') eq $kthread_mnt;
  # Most processes are in the namespaces of another: the raw links tell so, and only a new set is taken apart. From
  # inside the folder a link is one step of a path less.
  my $raw = chdir 'ns' ? join ',', map { defined $_ ? $_ : '' } map { readlink } @links : '';
  my $known = $set_of{$raw};
  return $known if defined $known;
  my %link;
  @link{@links} = split /,/, $raw, -1;
  my @inode;
  for my $type (@all_links) {
    my $link = $link{$type};
    if (!defined $link || $link eq '') {
      return 'denied' if defined $self_ns{$type} && !defined(readlink $type) && ($! == 13 || $! == 1);
      push @inode, '';
      next;
    }
    push @inode, substr $link, index($link, '[') + 1, -1;
  }
  my $set = join ',', @inode;
  ($kthread_set, $kthread_mnt) = ($set, $link{mnt} // '') if $kernel && !defined $kthread_set;
  $set_of{$raw} = $set if $raw !~ /,,|^,|,$/;
  return $set;
}
# The probe is no part of the picture: itself, its children, and the sudo that started it.
sub find_mine {
  $mine{$$} = 1;
  my $pid = getppid;
  while ($pid > 1) {
    my $stat = one("/proc/$pid/stat");
    last if !defined $stat || $stat !~ /^\d+ \(sudo\) \S (\d+)/;
    $mine{$pid} = 1;
    $pid = $1;
  }
}
