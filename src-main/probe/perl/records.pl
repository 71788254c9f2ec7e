# What runtimes wrote down: found first through running shims and monitors, then in their default folders. Each file is
# opened, read and closed; rootfs is never walked and no folder stays open (containerd docs/ops.md: EBUSY on cleanup).
our %signature;
my $biggest = 1048576;
our $regular = 0x8000;

sub take {
  my ($path, $seen, $owner) = @_;
  return 0 if $seen->{$path}++;
  my @stat = lstat $path;
  if (!@stat) {
    gap('runtime records', why(), $mend) if $! == 13;
    return 0;
  }
  @stat = stat $path if -l _ && !defined $owner;
  if (!@stat || ($stat[2] & 0xf000) != $regular) { delete $seen->{$path}; return 0 }
  if (defined $owner && $stat[4] != $owner) { gap('runtime records', 'not owned by the user whose monitor names them', ''); return 0 }
  my $sign = join ' ', @stat[1, 7, 9, 10];
  return 1 if defined $signature{$path} && $signature{$path} eq $sign && !$whole;
  if ($stat[7] > $biggest) { gap('runtime records', 'longer than 1 MiB', ''); return 1 }
  my $text = all($path, $biggest);
  if (!defined $text) { gap('runtime records', why(), $mend) if $! == 13; return 0 }
  $text =~ s/\n\z//;
  $text = without_secrets($path, $text);
  if (!defined $text) { gap('runtime records', 'an environment could not be taken out of them, so they were left out', ''); return 1 }
  $signature{$path} = $sign;
  put('F ' . enc($path), enc($text));
  return 1;
}
# Words of a monitor's command line are believed only where no container could have written them: a root process in the
# node's own mount and user namespaces; otherwise only files of that process's own user are taken.
sub trusted {
  my ($pid) = @_;
  my $set = $ns_of{$pid};
  return 0 if !defined $set || $set eq 'denied' || $uid_of{$pid} != 0;
  my ($mnt, $user) = (split /,/, $set, -1)[2, 8];
  my ($mnt1, $user1) = (split /,/, $ns_of{1} && $ns_of{1} ne 'denied' ? $ns_of{1} : join(',', ('') x 10), -1)[2, 8];
  return ($mnt eq $mnt1 || $mnt eq $self_mnt) && ($user eq $user1 || $user eq '4026531837');
}
sub option {
  my ($args, @name) = @_;
  my @found;
  for my $at (0 .. $#$args) {
    for my $name (@name) {
      push @found, $args->[$at + 1] if $args->[$at] eq $name && defined $args->[$at + 1];
      push @found, substr $args->[$at], length($name) + 1 if index($args->[$at], "$name=") == 0;
    }
  }
  return grep { m{^/} } @found;
}
sub parent_folder { my $path = $_[0]; $path =~ s{/+[^/]*/*\z}{}; return $path }

sub read_records {
  my (%seen, %task, %storage, %docker, %user_bundle);
  my @docker_config = '/etc/docker/daemon.json';
  my @config = qw(/etc/containerd/config.toml /etc/crio/crio.conf /etc/containers/containers.conf
    /usr/share/containers/containers.conf /etc/containers/storage.conf /etc/docker/daemon.json /var/lib/kubelet/config.yaml);
  my @folder = qw(/etc/crio/crio.conf.d /etc/containers/containers.conf.d /etc/containerd/conf.d);
  my @pidfile;
  for my $pid (sort { $a <=> $b } keys %args_of) {
    my $comm = $comm_of{$pid};
    my @args = split /\0/, $args_of{$pid};
    my $sure = trusted($pid);
    if ($comm =~ /^containerd-shim/) {
      my $said = $cwd_of{$pid};
      if ($sure && defined $said) { $said =~ s/ \(deleted\)\z//; $task{parent_folder($said)} = 1 }
    } elsif ($comm eq 'conmon') {
      for my $bundle (option(\@args, '-b', '--bundle')) {
        if ($sure) { $storage{parent_folder(parent_folder($bundle))} = 1 }
        else { $user_bundle{$bundle} = $uid_of{$pid} }
      }
      push @pidfile, map { [$_, $sure ? undef : $uid_of{$pid}] } option(\@args, '-p', '--container-pidfile');
    } elsif ($sure) {
      if ($comm eq 'dockerd') { $docker{$_} = 1 for option(\@args, '--data-root', '-g', '--graph'); push @docker_config, option(\@args, '--config-file') }
      if ($comm eq 'containerd') { push @config, option(\@args, '--config', '-c') }
      if ($comm eq 'crio') { push @config, option(\@args, '--config', '-c'); push @folder, option(\@args, '--config-dir', '-d') }
      if ($comm eq 'kubelet') { push @config, option(\@args, '--config') }
      push @config, map { "$_/config.yaml" } option(\@args, '--root-dir') if $comm eq 'kubelet';
    }
  }
  take($_, \%seen) for @config, @docker_config;
  for my $folder (@folder) { take("$folder/$_", \%seen) for grep { /\.(?:conf|toml)$/ } names($folder) }

  for my $top (qw(/run/containerd /run/k3s/containerd)) { $task{"$top/io.containerd.runtime.v2.task/$_"} = 1 for names("$top/io.containerd.runtime.v2.task") }
  for my $folder (sort keys %task) {
    for my $name (names($folder)) { take("$folder/$name/$_", \%seen) for qw(config.json init.pid sandbox) }
  }
  for my $top (qw(/run/containers/storage /var/lib/containers/storage)) { $storage{"$top/$_-containers"} = 1 for qw(overlay vfs btrfs) }
  # Where both storage folders hold a record of one id and size, the runtime one (/run) is enough.
  my %have;
  for my $folder (sort { ($b =~ m{^/run/}) <=> ($a =~ m{^/run/}) || $a cmp $b } keys %storage) {
    for my $name (names($folder)) {
      next if $name !~ /^[0-9a-f]{64}$/;
      my $size = (stat "$folder/$name/userdata/config.json")[7];
      next if defined $size && $have{"$name $size"}++;
      take("$folder/$name/userdata/config.json", \%seen);
    }
  }
  take("$_/config.json", \%seen, $user_bundle{$_}) for sort keys %user_bundle;
  take($_->[0], \%seen, $_->[1]) for @pidfile;
  for my $name (names('/run/crun')) { take("/run/crun/$name/status", \%seen) }

  for my $file (@docker_config) {
    $docker{$1} = 1 if (all($file) || '') =~ /"(?:data-root|graph)"\s*:\s*"(\/[^"]*)"/;
  }
  $docker{'/var/lib/docker'} = 1;
  for my $root (sort keys %docker) {
    for my $name (names("$root/containers")) { take("$root/containers/$name/$_", \%seen) for qw(config.v2.json hostconfig.json) }
  }
  for my $kind (qw(pins lab)) { take("/run/podglass/$kind/$_/manifest.json", \%seen) for names("/run/podglass/$kind") }
  for my $path (grep { !$seen{$_} } keys %signature) {
    delete $signature{$path};
    drop('F ' . enc($path)) if defined $last{'F ' . enc($path)};
  }
}
