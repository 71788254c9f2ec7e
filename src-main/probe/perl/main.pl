# Whole seconds would be up to one early for as long as the reader lives: GNU date tells the fraction, once a whole frame;
# from there the uptime's hundredths go on (frames.ts).
sub exact_time {
  my $said = `date +%s.%N 2>/dev/null`;
  return defined $said && $said =~ /^(\d{1,12}\.\d{1,9})$/m ? $1 : time;
}
# One frame answers one tick. By hand there is no tick: one frame, and the end.
sub frame {
  my ($deep) = @_;
  $count = 0;
  if ($whole) { %gap = (); %last = (); %id = (); %files_of = (); %warm = (); %signature = (); %mounted = (); %told = (); %set_of = (); %links = (); %below = (); %key_of = (); %relation = (); %net_reads = () }
  my ($up) = split ' ', one('/proc/uptime') || '0';
  say_record(join ' ', 'begin', $seq, $whole ? 'whole' : 'delta', $deep ? 'deep' : 'quick', $whole ? exact_time() : time, $up);
  my $turn = $whole || $deep || $seq % $turns == 0;
  if ($turn) { part('node'); read_node() }
  my $listed = list_spaces();
  my $memory = all('/proc/meminfo') || '';
  put('n memory', $memory =~ /^MemTotal:\s+(\d+)/m ? $1 : 0);
  put('n available', $memory =~ /^MemAvailable:\s+(\d+)/m ? $1 : 0);
  my @fresh = read_all($deep);
  find_holders();
  find_pins();
  my $other = $turn || $spaces_changed || $pins_changed;
  part('addresses');
  read_net($deep);
  if ($whole || $deep || $pins_changed) { part('pinned addresses'); read_pinned_net() }
  if ($other) { part('relations'); read_relations() }
  if ($other || grep { $comm_of{$_} =~ $monitor } @fresh) { part('records'); read_records() }
  # A quick look at two tables takes back nothing of what the deep one found in all of them.
  part($deep || !$told{deep} ? 'mounts' : 'quick');
  read_mounts($deep);
  delete $gap{quick};
  if ($deep) { part('deep'); read_deep() }
  if ($other || $deep) { part('listed'); read_listed($listed) }
  if (!$told{deep}) {
    part('deep');
    gap($_, 'a slow place: read with --deep', '--deep') for 'threads of processes', 'open files of processes', 'sockets of processes', 'memory.stat of cgroups';
  }
  for my $found (map { $gap{$_} } sort keys %gap) { say_record("G $_ $found->{$_}") for sort keys %$found }
  ($spaces_changed, $pins_changed) = (0, 0);
  my $said = $count;
  say_record("end $seq $said");
  flush_out();
}
sub read_all {
  my ($deep) = @_;
  $seen_tasks = 0;
  my @pid = grep { /^\d+$/ } names('/proc');
  my @share = (\@pid);
  my $next = sub { shift @share };
  my ($helper, @fresh);
  # One frame alone needs no memory of what was said, so two processes can read it: a pipe with one byte a share deals
  # the processes out, and the groups go to the second.
  if ($alone && pipe my $deal, my $into) {
    my $size = int(@pid / 100) + 1;
    @share = ();
    push @share, [splice @pid, 0, $size] while @pid;
    syswrite $into, join '', map { chr } 0 .. $#share;
    close $into;
    $next = sub { my $at; return sysread($deal, $at, 1) ? $share[ord $at] : undef };
    $helper = start_helper(sub { read_cgroups($deep); read_processes($deep, $next); return tell_processes() });
  }
  part('processes');
  @fresh = read_processes($deep, $next);
  if ($helper) { gap('processes and cgroups', 'the second reader ended early', 'read again') if !join_helper($helper, 100) }
  part('hidden');
  read_hidden();
  part('groups');
  read_cgroups($deep) if !$helper;
  return @fresh;
}
# What the first process must know of those that the second read, to find holders and records.
sub tell_processes {
  my @said = "tasks $seen_tasks\n";
  for my $pid (keys %born) {
    my @text = map { defined $_ ? unpack 'H*', $_ : '-' } $comm_of{$pid}, $args_of{$pid}, $cwd_of{$pid};
    push @said, "process $pid $born{$pid} $uid_of{$pid} $threads_of{$pid} $ns_of{$pid} @text\n";
  }
  return @said;
}
sub hear_process {
  my ($pid, $start, $uid, $threads, $set, @text) = @_;
  ($born{$pid}, $uid_of{$pid}, $threads_of{$pid}) = ($start, $uid, $threads);
  enter_set($pid, $set);
  my ($comm, $args, $cwd) = map { $_ eq '-' ? undef : pack 'H*', $_ } @text;
  $comm_of{$pid} = $comm;
  $args_of{$pid} = $args if defined $args;
  $cwd_of{$pid} = $cwd if defined $cwd;
}
# A second process: its records follow ours, and before them come lines for us: its gaps, and what $work returns.
sub start_helper {
  my ($work) = @_;
  pipe my $from, my $into or return undef;
  my $pid = fork;
  return undef if !defined $pid;
  if ($pid) { close $into; $mine{$pid} = 1; return [$from, $pid] }
  close $from;
  open STDOUT, '>&', $into;
  ($out, $count, $keeping) = ('', 0, 1);
  $id{"next $_"} += 1000000 for qw(g x u);    # numbers of shared texts that the first process will not give
  part('helper');
  my @told = $work->();
  my $found = $gap{helper};
  $out = join '', @told, (map { "gap $_ $found->{$_}\n" } keys %$found), "records\n", $out;
  flush_out();
  exec 'true';    # leaves nothing of the parent's to be flushed twice
  exit 0;
}
sub join_helper {
  my ($helper, $seconds) = @_;
  my $text = collect(@$helper, $seconds);
  my $ended = defined $text && $? == 0;
  $text = '' if !defined $text;
  my $at = 0;
  while ((my $end = index $text, "\n", $at) >= 0) {
    my ($kind, @field) = split / /, substr($text, $at, $end - $at), -1;
    $at = $end + 1;
    last if $kind eq 'records';
    if ($kind eq 'gap') { my $times = pop @field; $gap{$part}{join ' ', @field} += $times }
    elsif ($kind eq 'tasks') { $seen_tasks += $field[0] }
    elsif ($kind eq 'process') { hear_process(@field) }
  }
  $count += substr($text, $at) =~ tr/\n//;
  $out .= substr $text, $at;
  flush_out() if length $out > 60000;
  return $ended;
}
my $heard = '';
sub next_line {
  my $waiting = '';
  vec($waiting, 0, 1) = 1;
  while ($heard !~ /\n/) {
    return undef if length $heard > 1000;
    # A client that has been silent for 15 minutes is gone, whatever sshd still believes.
    return undef if !select my $ready = $waiting, undef, undef, 900;
    return undef if !sysread STDIN, $heard, 1000, length $heard;
  }
  $heard =~ s/^(.*)\n//;
  return $1;
}
# Everything anew, in a fresh program: perl keeps what a large moment took (perlfaq3), and a session lasts for days.
sub renew {
  my ($line) = @_;
  my @self = split /\0/, all('/proc/self/cmdline') || '', -1;
  return if @self < 4 || $self[1] ne '-e';
  ($ENV{PODGLASS_NONCE} = $nonce) =~ s/\.\z//;
  leave();
  exec { $^X } $^X, '-e', $self[2], 'live', 'quick', 0, "$line\n$heard";
}
my ($mode, $tier, $skip, $asked) = @ARGV;
# The other reader's text follows on stdin; it is not needed here.
while ($skip > 0) { my $got = sysread STDIN, my $unused, $skip; last if !$got; $skip -= $got }
$heard = $asked if defined $asked;
# By the environment: any user may read a command line.
$nonce = delete($ENV{PODGLASS_NONCE}) . '.';
find_mine();
if ($mode eq 'once') {
  ($seq, $alone) = (1, 1);
  frame($tier eq 'deep');
  leave();
  exit 0;
}
my $frames = 0;
while (defined(my $line = next_line())) {
  if ($line =~ /^tick (\d{1,9}) (whole|delta) (quick|deep)$/) {
    ($seq, $whole, my $deep) = ($1, $2 eq 'whole', $3 eq 'deep');
    renew($line) if $whole && $frames++;
    frame($deep);
  } elsif ($line eq 'bye') {
    last;
  }
}
leave();
