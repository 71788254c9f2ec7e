#!/usr/bin/perl
# What stands for a node that costs nothing: answers each look with a reading that was taken once, as the session of
# the look is to be answered (docs/probe.md). Its argument is the file; each record of that begins with "NONCE.".
use strict;
use warnings;
open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!";
my $reading = do { local $/; <$file> };
my $nonce = '';
$| = 1;
while (my $line = <STDIN>) {
  last if $line eq "bye\n";
  if ($line =~ /^--session (\w+) /) { $nonce = $1; print "#podglass:reading/1 $nonce\n" }
  next unless $nonce ne '' && $line =~ /^tick (\d+) /;
  my ($seq, $text, $now) = ($1, $reading, time);
  my $record = sub { "$nonce." . length($_[0]) . " $_[0]\n" };
  $text =~ s/^\w+\.\d+ begin \d+ (\w+ \w+) \S+ (\S+).*\n/$record->("begin $seq $1 $now $2")/e;
  $text =~ s/^\w+\.\d+ end \d+ (\d+).*\n/$record->("end $seq $1")/me;
  $text =~ s/^\w+\.(?=\d+ )/$nonce./mg;
  print $text;
}
