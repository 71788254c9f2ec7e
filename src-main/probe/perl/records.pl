# What runtimes wrote down: found first through running shims and monitors, then in their default folders. Each file is
# opened, read and closed; rootfs is never walked and no folder stays open (containerd docs/ops.md: EBUSY on cleanup).
our %signature;
my $biggest = 1048576;
our ($regular, $directory, $link) = (0x8000, 0x4000, 0xa000);
my (%silent_place, %kernel_device);

# In the child that asks: each of these says a line to the parent. "F path signature text", "S path" (as it was), "G gap".
my ($said, $seen);
sub absent { return $! == 2 ? 'it is not there' : why() }
sub say_gap { $said .= join(' ', 'G', map { enc($_) } @_) . "\n" }
my $number = qr/\A\d{1,10}\s*\z/;
sub take {
  my ($path, $like, $shape) = @_;
  return 0 if $seen->{$path}++;
  my @stat = stat $path;
  if (!@stat) { say_gap('runtime records', why(), $mend) if $! == 13; return 0 }
  return take_file($path, \@stat, sub { return all($path, $biggest) }, $like, $shape);
}
sub take_file {
  my ($path, $stat, $read, $like, $shape) = @_;
  if (($stat->[2] & 0xf000) != $regular) { delete $seen->{$path}; return 0 }
  # Whatever names it: a file that the kernel makes up is no record.
  return 0 if $kernel_device{$stat->[0]};
  my $sign = join '.', @$stat[1, 7, 9, 10];
  if (!$whole && defined $signature{$path} && $signature{$path} eq $sign) { $said .= 'S ' . enc($path) . "\n"; return 1 }
  if ($stat->[7] > $biggest) { say_gap('runtime records', 'longer than 1 MiB', ''); return 1 }
  my $text = $read->();
  if (!defined $text) { say_gap('runtime records', why(), $mend) if $! == 13; return 0 }
  $text =~ s/\n\z//;
  return 0 if $like && $text !~ $like;
  $text = $shape ? $shape->($text) : without_secrets($path, $text);
  if (!defined $text) { say_gap('runtime records', 'an environment could not be taken out of them, so they were left out', ''); return 1 }
  $said .= 'F ' . enc($path) . " $sign " . enc($text) . "\n";
  return 1;
}
# A file that somebody else than the node's root may have put there. Each step is looked at before and after it is taken
# and no link is followed but root's own, so that it cannot lead anywhere else. $top: where the path begins; $owner: whose
# the file and its folders are, from some folder on. Gives what it says to have found, '' for nothing, or why not.
sub take_careful {
  my ($top, $path, $owner, $like) = @_;
  my $told = $top eq '/' ? $path : "$top$path";
  return '' if $seen->{$told}++;
  chdir $top or return '';
  my @step = grep { $_ ne '' } split m{/}, $path;
  my $name = pop @step;
  my $inside = !defined $owner;
  my @here = stat '.';
  for my $step (@step) {
    return 'its path is not a plain one' if $step eq '..' || $step eq '.';
    my @stat = lstat $step or return '';
    if (($stat[2] & 0xf000) == $link) {
      return 'a link leads to it' if $top ne '/' || $inside || $stat[4] != 0 || $here[4] != 0 || $here[2] & 022;
      chdir $step or return '';
    } else {
      return 'it is in no folder' if ($stat[2] & 0xf000) != $directory;
      $inside = 1 if defined $owner && $stat[4] == $owner;
      return 'it is in a folder of somebody else' if defined $owner && $stat[4] != ($inside ? $owner : 0);
      chdir $step or return '';
      my @now = stat '.';
      return 'its folder was changed meanwhile' if "@now[0, 1]" ne "@stat[0, 1]";
    }
    @here = stat '.';
  }
  return 'it is in no folder of that user' if !$inside;
  sysopen my $file, $name, $quiet | 0x20000 or return $! == 2 ? '' : 'it is a link, or cannot be opened';    # O_NOFOLLOW
  my @stat = stat $file;
  return 'it belongs to somebody else' if defined $owner && $stat[4] != $owner;
  take_file($told, \@stat, sub {
    my ($text, $got) = ('', 0);
    while ($got = sysread $file, $text, 65536, length $text) { last if length $text > $biggest }
    return defined $got ? $text : undef;
  }, $like);
  return '';
}
# Words of a command line are believed only where no container could have written them: a root process in the node's own
# mount and user namespaces. Else why not.
sub distrust {
  my ($pid) = @_;
  my $set = $ns_of{$pid};
  return 'its namespaces could not be read' if !defined $set || $set eq 'denied';
  # Where pid 1 may not be read, kthreadd is in the first namespaces too.
  my ($first) = grep { defined $_ && $_ ne 'denied' } $ns_of{1}, ($comm_of{2} || '') eq 'kthreadd' ? $ns_of{2} : undef;
  return 'the namespaces of pid 1 could not be read' if !defined $first;
  my ($mnt, $pids, $user) = (split /,/, $set, -1)[2, 4, 8];
  my ($mnt1, $pids1, $user1) = (split /,/, $first, -1)[2, 4, 8];
  return 'it is in a user namespace of its own' if $user ne $user1 && $user ne '4026531837';
  return 'it is not root\'s' if $uid_of{$pid} != 0;
  return '' if $mnt eq $mnt1;
  # A service with PrivateTmp=, ProtectSystem= or from a snap: the node's root all the same, but its files are elsewhere.
  return 'elsewhere' if $pids eq $pids1 && (one("/proc/$pid/cgroup") || '') =~ m{^(?:0:|\d+:name=systemd):/system\.slice/(?:[^/]+\.slice/)*[^/]+\.service$}m;
  return 'it is in a mount namespace of its own';
}
sub trusted { return distrust($_[0]) eq '' }
sub option {
  my ($args, @name) = @_;
  my @found;
  for my $at (0 .. $#$args) {
    for my $name (@name) {
      push @found, $args->[$at + 1] if $args->[$at] eq $name && defined $args->[$at + 1];
      push @found, substr $args->[$at], length($name) + 1 if index($args->[$at], "$name=") == 0;
    }
  }
  return grep { $_ ne '' } @found;
}
sub parent_folder { my $path = $_[0]; $path =~ s{/+[^/]*/*\z}{}; return $path }
sub find_kernel_devices {
  %kernel_device = ();
  for my $line (split /\n/, all("$_[0]/mountinfo", 33554432) || '') {
    my ($left, $right) = split / - /, $line, 2;
    next if !defined $right || $right !~ /^(?:proc|sysfs|tracefs|debugfs|securityfs|cgroup2?|bpf|configfs|efivarfs) /;
    my ($major, $minor) = split /:/, (split / /, $left)[2];
    $kernel_device{($minor & 0xff) | $major << 8 | ($minor & ~0xff) << 12} = 1;    # new_encode_dev, linux/kdev_t.h
  }
}

# Where to look, as jobs: a name (of the folder that may not answer) and what to do there.
sub record_jobs {
  my (@job, %task, %storage, %docker, %away, %config, %config_folder, %static, %own, %missing);
  my $place = sub { my ($name, $work) = @_; push @job, [$name, $work] };
  for my $pid (sort { $a <=> $b } keys %args_of) {
    # One that has ended is in no mount namespace any more, and names nothing.
    next if ($ns_of{$pid} || 'denied') ne 'denied' && (split /,/, $ns_of{$pid}, -1)[2] eq '';
    my $comm = $comm_of{$pid};
    my $why = distrust($pid);
    my @args = split /\0/, $args_of{$pid};
    my $kind = $comm =~ /^containerd-shim|^docker-containerd-shim/ ? 'shim' : $comm;
    # From where it stands: dockerd --config-file daemon.json
    my $cwd;
    my $full = sub {
      return map {
        my $path = $_;
        if ($path !~ m{^/}) { $cwd = readlink("/proc/$pid/cwd") || '' if !defined $cwd; $path = $cwd =~ m{^/} ? "$cwd/$path" : '' }
        $path =~ s{/(?:\./)+}{/}g;
        $path eq '' ? () : $path;
      } @_;
    };
    if ($why eq '' && $kind eq 'shim') {
      my $bundle = $cwd_of{$pid};
      if (defined $bundle) { $bundle =~ s/ \(deleted\)\z//; $task{parent_folder($bundle)} = 1 }
    } elsif ($kind eq 'conmon' && ($why eq '' || $uid_of{$pid} != 0)) {
      my @bundle = grep { m{^/} } option(\@args, '-b', '--bundle');
      my @pidfile = grep { m{^/} } option(\@args, '-p', '--container-pidfile');
      if ($why eq '') {
        $storage{parent_folder(parent_folder($_))} = 1 for @bundle;
        for my $file (@pidfile) { $place->(parent_folder($file), sub { take($file, $number) }) }
      } else {
        # A user's own: only what that user's storage calls so, whatever else is named.
        push @{$own{$uid_of{$pid}}}, map { m{/(?:overlay|vfs|btrfs)-containers/[0-9a-f]{64}/userdata/?\z} ? ["$_/config.json", $pid, undef] : () } @bundle;
        push @{$own{$uid_of{$pid}}}, map { m{/(?:overlay|vfs|btrfs)-containers/[0-9a-f]{64}/userdata/pidfile\z} ? [$_, $pid, $number] : () } @pidfile;
      }
    } elsif ($why eq '') {
      if ($comm eq 'dockerd') {
        $docker{$_} = $pid for $full->(option(\@args, '--data-root', '-g', '--graph'));
        $config{$_} = $pid for $full->(option(\@args, '--config-file'));
      }
      if ($comm eq 'containerd' || $comm eq 'crio') { $config{$_} = $pid for $full->(option(\@args, '--config', '-c')) }
      if ($comm eq 'crio') { $config_folder{$_} = 1 for $full->(option(\@args, '--config-dir', '-d')) }
      if ($comm eq 'kubelet') { $config{$_} = $pid for $full->(option(\@args, '--config')); $config{"$_/config.yaml"} ||= 0 for $full->(option(\@args, '--root-dir')); $static{$_} = 1 for $full->(option(\@args, '--pod-manifest-path')) }
    } elsif ($why eq 'elsewhere' && $comm eq 'dockerd') {
      $away{$pid} = [[$full->(option(\@args, '--data-root', '-g', '--graph'))], [$full->(option(\@args, '--config-file'))]];
    } elsif ($kind =~ /^(?:shim|conmon|dockerd|docker-containerd|containerd|crio|kubelet)\z/) {
      $why = 'it is in a mount namespace of its own' if $why eq 'elsewhere';
      $missing{$kind eq 'shim' ? 'containerd-shim' : $kind}{$why}{$pid} = 1;
    }
  }
  my $unread = 0;
  for my $kind (sort keys %missing) {
    for my $why (sort keys %{$missing{$kind}}) {
      my @pid = sort { $a <=> $b } keys %{$missing{$kind}{$why}};
      if ($why =~ /could not be read/) { $unread += @pid }
      else { gap("records that $kind names", "pid $pid[0]: $why, so its words are not believed", 'if it runs in a container, read that container as a node of its own', scalar @pid) }
    }
  }
  gap('runtime records', 'the namespaces of their daemons and monitors could not be read, so their words are not believed', $mend, $unread) if $unread;
  $config{$_} ||= 0 for qw(/etc/containerd/config.toml /etc/crio/crio.conf /etc/containers/containers.conf
    /usr/share/containers/containers.conf /etc/containers/storage.conf /etc/docker/daemon.json /var/lib/kubelet/config.yaml);
  for my $file (sort keys %config) {
    my $pid = $config{$file};
    $place->(parent_folder($file), sub {
      my $taken = take($file);
      say_gap("the configuration of $comm_of{$pid}", "pid $pid names $file, which is not there", '') if $pid && !$taken && !-e $file && $! == 2;
      # Where dockerd keeps its containers stands in there.
      if (($pid ? $comm_of{$pid} eq 'dockerd' : $file eq '/etc/docker/daemon.json') && (all($file) || '') =~ m{"(?:data-root|graph)"\s*:\s*"(/[^"\\]*)"}) { $said .= 'D ' . enc($1) . " $pid\n" }
      # And where a kubelet has its static pods.
      if (($pid ? $comm_of{$pid} eq 'kubelet' : $file =~ m{/config\.yaml\z}) && (all($file) || '') =~ m{^\W*staticPodPath"?\s*:\s*"?(/[^"\s,]+)}m) { $said .= 'P ' . enc($1) . " 0\n" }
    });
  }
  for my $folder (sort(qw(/etc/crio/crio.conf.d /etc/containers/containers.conf.d /etc/containerd/conf.d), keys %config_folder)) {
    $place->($folder, sub { take("$folder/$_") for grep { /\.(?:conf|toml)$/ } names($folder) });
  }
  for my $top (qw(/run/containerd /run/k3s/containerd)) {
    $place->($top, sub { task_folder("$top/io.containerd.runtime.v2.task/$_") for names("$top/io.containerd.runtime.v2.task") });
  }
  # Of kubeadm, RKE2 and k3s.
  $static{$_} = 1 for qw(/etc/kubernetes/manifests /var/lib/rancher/rke2/agent/pod-manifests /var/lib/rancher/k3s/agent/pod-manifests);
  push @job, static_job($_) for sort keys %static;
  for my $folder (sort keys %task) { $place->($folder, sub { task_folder($folder) }) }
  for my $top (qw(/run/containers/storage /var/lib/containers/storage)) { $storage{"$top/$_-containers"} = 1 for qw(overlay vfs btrfs) }
  # Where both storage folders hold a record of one id and size, the runtime one (/run) is enough.
  my %have;
  for my $folder (sort { ($b =~ m{^/run/}) <=> ($a =~ m{^/run/}) || $a cmp $b } keys %storage) {
    $place->(parent_folder($folder), sub {
      for my $name (names($folder)) {
        next if $name !~ /^[0-9a-f]{64}$/;
        # How a container of CRI-O ended stands beside it (internal/oci/container.go).
        take("$folder/$name/userdata/state.json");
        my $size = (stat "$folder/$name/userdata/config.json")[7];
        next if defined $size && $have{"$name $size"}++;
        take("$folder/$name/userdata/config.json");
      }
    });
  }
  my $users = 0;
  for my $uid (sort { $a <=> $b } keys %own) {
    for my $one (@{$own{$uid}}) {
      my ($path, $pid, $like) = @$one;
      last if $users++ > 2000;
      $place->($path, sub {
        my $why = take_careful('/', $path, $uid, $like);
        say_gap("records that conmon of user $uid names", "pid $pid: $why", '') if $why ne '';
      });
    }
  }
  $place->('/run/crun', sub { take("/run/crun/$_/status") for names('/run/crun') });
  $docker{'/var/lib/docker'} ||= 0;
  for my $root (sort keys %docker) { push @job, docker_job($root, $docker{$root}) }
  for my $pid (sort { $a <=> $b } keys %away) { $place->("/proc/$pid/root", sub { docker_elsewhere($pid, @{$away{$pid}}) }) }
  for my $kind (qw(pins lab)) { $place->("/run/podglass/$kind", sub { take("/run/podglass/$kind/$_/manifest.json") for names("/run/podglass/$kind") }) }
  return @job;
}
# Every file but a hidden one is a static pod's (kubelet pkg/kubelet/config/file_linux.go).
sub static_job {
  my ($folder) = @_;
  return [$folder, sub {
    my $left = 500;
    for my $name (sort grep { !/^\./ } names($folder)) { last if !$left--; take("$folder/$name", undef, \&outline) }
  }];
}
sub task_folder {
  my ($folder) = @_;
  for my $name (names($folder)) { take("$folder/$name/$_") for qw(config.json init.pid sandbox) }
}
# With userns-remap everything is one folder further down: <data root>/<uid>.<gid> (moby daemon/daemon_unix.go).
sub docker_job {
  my ($root, $pid) = @_;
  return [$root, sub {
    docker_root($root);
    say_gap('records of dockerd', "pid $pid keeps its containers in $root, which could not be read: " . absent(), '') if $pid && !-d "$root/containers" && !grep { /^\d+\.\d+\z/ } names($root);
  }];
}
sub docker_root {
  my ($root) = @_;
  for my $top ($root, map { "$root/$_" } grep { /^\d+\.\d+\z/ } names($root)) {
    for my $name (names("$top/containers")) { take("$top/containers/$name/$_") for qw(config.v2.json hostconfig.json) }
  }
}
# dockerd in a mount namespace of its own: its files by its own root, where no link is followed.
sub docker_elsewhere {
  my ($pid, $roots, $configs) = @_;
  my $top = "/proc/$pid/root";
  find_kernel_devices("/proc/$pid");
  my @config = (@$configs, '/etc/docker/daemon.json');
  my @root = (@$roots);
  for my $file (@config) {
    my $before = length $said;
    my $why = take_careful($top, $file);
    say_gap('the configuration of dockerd', "pid $pid, in a mount namespace of its own: $why", '') if $why ne '';
    my $text = substr $said, $before;
    push @root, $1 if $text =~ m{"(?:data-root|graph)"(?:\\[sn])*:(?:\\[sn])*"(/[^"\\]*)"};
  }
  @root = ('/var/lib/docker') if !@root;
  my $found = 0;
  for my $root (@root) {
    for my $below ('', map { "/$_" } grep { /^\d+\.\d+\z/ } names("$top$root")) {
      for my $name (grep { /^[0-9a-f]{64}\z/ } names("$top$root$below/containers")) {
        my $why = '';
        $why ||= take_careful($top, "$root$below/containers/$name/$_") for qw(config.v2.json hostconfig.json);
        say_gap('records of dockerd', "pid $pid, in a mount namespace of its own: $why", '') if $why ne '';
        $found++;
      }
    }
    say_gap('records of dockerd', "pid $pid, in a mount namespace of its own, keeps its containers in a folder that could not be read: " . absent(), '') if !$found && !-d "$top$root/containers";
  }
}
sub read_records {
  my @job = record_jobs();
  my (%alive, %asked, @kept);
  find_kernel_devices('/proc/self');
  $seen = {};
  # A configuration may name another folder.
  while (@job) {
    my (@now, @then, %works);
    my @name = grep { !$works{$_} && ($works{$_} = []) } map { $_->[0] } @job;
    for my $job (@job) { push @{$works{$job->[0]}}, $job->[1] }
    for my $job (map { [$_, $works{$_}] } @name) {
      my $who = $silent_place{$job->[0]};
      $asked{$job->[0]} = 1;
      # One that did not answer is asked again when the one who still waits for it is gone.
      if (defined $who && still_waits($who)) { no_answer($job->[0]); push @kept, $job->[0] } else { delete $silent_place{$job->[0]}; push @now, $job }
    }
    my ($silent, $unasked) = ask(scalar @now, sub {
      $said = '';
      $_->() for @{$now[$_[0]][1]};
      chdir '/';
      return $said;
    }, sub {
      for my $line (split /\n/, $_[1]) {
        my ($kind, $path, $sign, $text) = split / /, $line;
        if ($kind eq 'G') { $gap{$part}{"$path $sign $text"}++; next }
        $path = unenc($path);
        if ($kind eq 'D') { push @then, docker_job($path, $sign) if !$asked{$path}++; next }
        if ($kind eq 'P') { push @then, static_job($path) if !$asked{$path}++; next }
        $alive{$path} = 1;
        next if $kind ne 'F';
        $signature{$path} = $sign;
        put('F ' . enc($path), $text);
      }
    }, 1);
    for my $at (keys %$silent) { $silent_place{$now[$at][0]} = $silent->{$at}; no_answer($now[$at][0]) }
    gap('runtime records', "not looked for, since $most_stuck other places do not answer", 'read again', scalar @$unasked) if @$unasked;
    push @kept, map { $now[$_][0] } keys %$silent, @$unasked;
    @job = @then;
  }
  # What a folder said before it fell silent may still be so.
  for my $path (grep { !$alive{$_} } keys %signature) {
    next if grep { index($path, "$_/") == 0 } @kept;
    delete $signature{$path};
    drop('F ' . enc($path)) if defined $last{'F ' . enc($path)};
  }
}
sub no_answer { gap('runtime records', "$_[0] does not answer: it may be on a mount whose server is gone", 'unmount it, or mend its server') }
