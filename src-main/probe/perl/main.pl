# One frame answers one tick. By hand there is no tick: one frame, and the end.
sub frame {
  my ($deep) = @_;
  $count = 0;
  if ($whole) { %gap = (); %last = (); %id = (); %files_of = (); %warm = (); %signature = (); %mounted = (); %told = (); %set_of = (); %leaf = (); %key_of = () }
  my ($up) = split ' ', one('/proc/uptime') || '0';
  say_record(join ' ', 'begin', $seq, $whole ? 'whole' : 'delta', $deep ? 'deep' : 'quick', time, $up);
  @hierarchies = ();
  part('now');
  read_node();
  my $memory = all('/proc/meminfo') || '';
  put('n memory', $memory =~ /^MemTotal:\s+(\d+)/m ? $1 : 0);
  put('n available', $memory =~ /^MemAvailable:\s+(\d+)/m ? $1 : 0);
  # One frame alone needs no memory of what was said, so a second process can read the groups meanwhile.
  my $helper = $alone ? start_helper(sub { read_cgroups($deep) }) : undef;
  my @fresh = read_processes($deep);
  read_hidden();
  part('groups');
  if ($helper) { join_helper($helper) } else { read_cgroups($deep) }
  my $again = $deep || $whole || @fresh || $seq % $turns == 0;
  if ($again) {
    part('again');
    find_holders();
    find_pins();
    read_net($deep);
    read_relations();
    read_records();
    if ($whole || $deep) { part('pinned'); read_pinned_net() }
  }
  # A quick look at two tables takes back nothing of what the deep one found in all of them.
  part($deep || !$told{deep} ? 'mounts' : 'quick');
  read_mounts($deep);
  delete $gap{quick};
  if ($deep) { part('deep'); read_deep() }
  if (!$told{deep}) {
    part('deep');
    gap($_, 'a slow place: read with --deep', '--deep') for 'threads of processes', 'open files of processes', 'sockets of processes', 'memory.stat of cgroups';
  }
  for my $found (map { $gap{$_} } sort keys %gap) { say_record("G $_ $found->{$_}") for sort keys %$found }
  my $said = $count;
  say_record("end $seq $said");
  flush_out();
}
sub start_helper {
  my ($work) = @_;
  pipe my $from, my $into or return undef;
  my $pid = fork;
  return undef if !defined $pid;
  if ($pid) { close $into; $mine{$pid} = 1; return [$from, $pid] }
  close $from;
  open STDOUT, '>&', $into;
  ($out, $count, $keeping) = ('', 0, 1);
  part('helper');
  $work->();
  my $found = $gap{helper};
  $out = join '', (map { "gap $_ $found->{$_}\n" } keys %$found), $out;
  flush_out();
  exec 'true';    # leaves nothing of the parent's to be flushed twice
  exit 0;
}
sub join_helper {
  my ($from, $pid) = @{$_[0]};
  my ($text, $got) = ('', 0);
  while ($got = sysread $from, $text, 65536, length $text) { }
  waitpid $pid, 0;
  my $ended = $? == 0;
  while ($text =~ s/\Agap (.*) (\d+)\n//) { $gap{$part}{$1} += $2 }
  $count += $text =~ tr/\n//;
  $out .= $text;
  flush_out() if length $out > 60000;
  return $ended;
}
sub next_line {
  my $line = '';
  my $waiting = '';
  vec($waiting, 0, 1) = 1;
  while (1) {
    # A client that has been silent for 15 minutes is gone, whatever sshd still believes.
    return undef if !select my $ready = $waiting, undef, undef, 900;
    my $got = sysread STDIN, my $byte, 1;
    return undef if !$got;
    return $line if $byte eq "\n";
    $line .= $byte;
    return undef if length $line > 1000;
  }
}
my ($given, $mode, $tier, $skip) = @ARGV;
# The other reader's text follows on stdin; it is not needed here.
while ($skip > 0) { my $got = sysread STDIN, my $unused, $skip; last if !$got; $skip -= $got }
$nonce = $given . '.';
find_mine();
if ($mode eq 'once') {
  ($seq, $alone) = (1, 1);
  frame($tier eq 'deep');
  exit 0;
}
while (defined(my $line = next_line())) {
  if ($line =~ /^tick (\d{1,9}) (whole|delta) (quick|deep)$/) {
    ($seq, $whole) = ($1, $2 eq 'whole');
    frame($3 eq 'deep');
  } elsif ($line eq 'bye') {
    last;
  }
}
