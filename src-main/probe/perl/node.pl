# What is known of the node itself, and where its cgroup hierarchies are mounted.
our (@hierarchies, $self_mnt, $one_mnt, %self_ns, @links, $page_size, $is_root);
our ($seen_tasks, $hidden_by) = (0, '');
our @all_links = qw(cgroup ipc mnt net pid pid_for_children time time_for_children user uts);

sub unmount_escape { my $text = $_[0]; $text =~ s/\\([0-7]{3})/chr oct $1/ge; return $text }
sub inode_of { return $_[0] =~ /\[(\d+)\]$/ ? $1 : '' }

sub read_node {
  my %fact;
  $is_root = $> == 0;
  # Root without some capability may not look into processes that have it (ptrace access, ptrace(2)).
  $mend = 'log in as a root that has CAP_SYS_PTRACE: this one lacks it, and these processes may do more than it may' if $is_root;
  my $word = length pack 'L!', 0;
  my %aux = unpack 'L!*', all('/proc/self/auxv') || '';
  $page_size = $aux{6} || 4096;
  $fact{page} = $page_size;
  $fact{ticks} = $aux{17} || 100;
  $fact{hostname} = one('/proc/sys/kernel/hostname');
  $fact{kernel} = one('/proc/sys/kernel/osrelease');
  $fact{boot} = one('/proc/sys/kernel/random/boot_id');
  my $release = one('/etc/os-release') || one('/usr/lib/os-release') || '';
  $fact{os} = $release =~ /^PRETTY_NAME="?([^"\n]*)/m ? $1 : 'Linux';
  my $cpus = all('/proc/cpuinfo') || '';
  $fact{cpus} = () = $cpus =~ /^processor\s*:/mg;
  if (!$fact{cpus} && (one('/sys/devices/system/cpu/online') || '') =~ /(\d+)\s*$/) { $fact{cpus} = $1 + 1 }
  $fact{privilege} = !$is_root ? 'user' : $ENV{SUDO_UID} ? 'sudo' : 'root';
  $fact{reader} = 'perl';
  @links = grep { -l "/proc/self/ns/$_" } @all_links;
  for my $type (@links) {
    my $inode = inode_of(readlink "/proc/self/ns/$type" || '');
    $self_ns{$type} = $inode;
    $fact{"ns.$type"} = $inode if $type !~ /_for_/;
  }
  gap('the node itself', 'the probe runs inside a container: its PID namespace is not the first one', 'log in to the node itself')
    if $self_ns{pid} && $self_ns{pid} != 4026531836;
  if ($self_ns{cgroup} && $self_ns{cgroup} != 4026531835) {
    # Whose cgroup namespace root can enter, in the node's own PID namespace: pid 1's, or kthreadd's where pid 1 is closed.
    my ($whose) = grep { inode_of(readlink("/proc/$_/ns/cgroup") || '') eq '4026531835' } 1, 2;
    my $enters = $is_root && ($self_ns{pid} || 0) == 4026531836 && defined $whose;
    gap('cgroups above our own', 'the probe runs in a cgroup namespace', $enters ? "start the probe, or the login shell, with nsenter -t $whose -C" : 'log in to the node itself');
  }
  for my $key (sort keys %fact) {
    my $value = defined $fact{$key} ? $fact{$key} : '';
    $value =~ s/\n\z//;
    put("n $key", enc($value));
  }
  my $own = all('/proc/self/mountinfo', 33554432) || '';
  $self_mnt = $self_ns{mnt};
  @hierarchies = ();
  find_hierarchies('', $own);
  $hidden_by = !$is_root && $own =~ m{^\S+ \S+ \S+ / /proc .* - proc .*\b(hidepid=(?:[124]|noaccess|invisible|ptraceable))}m ? $1 : '';
}
# Threads that the kernel counts (the fourth field of /proc/loadavg) but /proc does not list.
sub read_hidden {
  return if $hidden_by eq '';
  my ($all) = (one('/proc/loadavg') || '') =~ m{/(\d+)};
  my $hidden = ($all || 0) - $seen_tasks;
  gap('processes of other users', "/proc is mounted with $hidden_by", $mend, $hidden > 0 ? $hidden : 1);
}

# mountinfo: kernel Documentation/filesystems/proc.rst 3.5; a v1 hierarchy is named as in /proc/PID/cgroup.
sub find_hierarchies {
  my ($root, $mountinfo) = @_;
  my %want = map { $_ => 1 } map { (split /:/, $_, 3)[1] } split /\n/, all('/proc/self/cgroup') || '';
  my %at;
  for my $line (split /\n/, $mountinfo) {
    next if $line !~ / - cgroup2? /;
    my ($left, $right) = split / - /, $line, 2;
    my ($from, $where) = (split / /, $left)[3, 4];
    my ($type, $source, $options) = split / /, $right, 3;
    my $name = '';
    if ($type eq 'cgroup') {
      my %has = map { $_ => 1 } split /,/, $options;
      ($name) = grep { $_ ne '' && !grep { !$has{$_} } split /,/ } sort { length $b <=> length $a } keys %want;
      next if !defined $name;
    }
    next if exists $at{$name} && $from ne '/';
    next if exists $at{$name} && $at{$name}[1] eq '/';
    $at{$name} = [$root . unmount_escape($where), $from];
  }
  for my $name (sort keys %at) {
    push @hierarchies, [$name eq '' ? 'v2' : $name, $at{$name}[0]];
    put('h ' . enc($name eq '' ? 'v2' : $name), enc($at{$name}[0]));
  }
  for my $name (sort keys %want) {
    next if exists $at{$name};
    # An unmounted v2 hierarchy is nobody's business: no controller and no group can be in it.
    gap('cgroup hierarchy ' . $name, 'not mounted where the probe runs', 'mount it') if $name ne '';
  }
}
