"""Types that every part of the domain shares."""
